// What both elements that take files have in common.
import { icon, script } from "./dom";

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Files may be dropped on `zone`, which shows it while they are over it. */
export function takeDropped(zone: HTMLElement, looks: Element | null, take: (files: File[]) => void): void {
  const over = (on: boolean) => (event: Event): void => {
    event.preventDefault();
    looks?.classList.toggle("is-over", on);
  };
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, over(true));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, over(false));
  zone.addEventListener("drop", (event) => {
    const files = Array.from(event.dataTransfer?.files ?? []);
    if (files.length) take(files);
  });
}

/** From which size a photo is made smaller before it is sent. */
const LARGE = 1.5 * 1024 * 1024;
const wholes = new WeakMap<File, File>();

/** How large a file is, and how large the photo was that it was made of. */
export function sizeOf(file: File): string {
  const whole = wholes.get(file);
  return whole ? `${size(file.size)}（照片已由 ${size(whole.size)} 压缩）` : size(file.size);
}

export function isLargePhoto(file: File): boolean {
  return file.type === "image/jpeg" && file.size > LARGE && !wholes.has(file);
}

/** The files, large photos among them made smaller; what can't be stays as it is. */
export async function ready(files: File[]): Promise<File[]> {
  if (!files.some(isLargePhoto)) return files;
  await script("dd-shrinking").catch(() => undefined);
  const made: File[] = [];
  // One after the other: a photo unfolds to fifty megabytes.
  for (const file of files) made.push(isLargePhoto(file) ? await smaller(file) : file);
  return made;
}

async function smaller(photo: File): Promise<File> {
  const blob = await window.ddShrink?.(photo).catch(() => null);
  if (!blob || blob.size >= photo.size) return photo;
  const made = new File([blob], photo.name, { type: photo.type, lastModified: photo.lastModified });
  wholes.set(made, photo);
  return made;
}

/** What stands before a file's name: a photo small, of another file its sign. */
export function picture(file: File): Element {
  if (file.type !== "image/jpeg" && file.type !== "image/png") return icon("file");
  const image = document.createElement("img");
  const url = URL.createObjectURL(file);
  Object.assign(image, { className: "dd-thumb", src: url, alt: "" });
  image.addEventListener("load", () => URL.revokeObjectURL(url));
  return image;
}
