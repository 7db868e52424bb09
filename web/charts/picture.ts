// A drawn chart as a PNG with its title, to be put into a report.
import { FONT, INK } from "./looks";

/** Twice as many points as the screen has: sharp at the width of a page. */
const SHARP = 2;
const EDGE = 16;
const TITLE = 44;

export async function picture(drawn: SVGSVGElement, title: string): Promise<void> {
  const { width, height } = drawn.getBoundingClientRect();
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const source = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = (width + 2 * EDGE) * SHARP;
    canvas.height = (height + TITLE + EDGE) * SHARP;
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.scale(SHARP, SHARP);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = INK;
    pen.font = `600 16px ${FONT}`;
    pen.fillText(title, EDGE, 28, width);
    pen.drawImage(image, EDGE, TITLE, width, height);
    const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (made) save(made, `${title.replace(/[\\/:*?"<>|]/g, "_")}.png`);
  } finally {
    URL.revokeObjectURL(source);
  }
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
