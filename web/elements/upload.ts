// <dd-upload [data-max-bytes]> around <input type="file">: drop zone, list of what was chosen, and the
// refusals that need no server (size, kind). The server checks all of it again.
import { icon } from "../lib/dom";
import { isLargePhoto, picture, ready, size, sizeOf, takeDropped } from "../lib/files";

class UploadElement extends HTMLElement {
  private list!: HTMLUListElement;

  connectedCallback(): void {
    if (this.list) return;
    this.list = document.createElement("ul");
    this.list.className = "dd-files";
    this.list.setAttribute("aria-live", "polite");
    this.append(this.list);
    this.input?.addEventListener("change", () => void this.chosen());
    takeDropped(this, this.querySelector(".dd-drop"), (files) => this.drop(files));
  }

  private get input(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>('input[type="file"]');
  }

  private drop(files: File[]): void {
    const input = this.input;
    if (!input) return;
    const bag = new DataTransfer();
    (input.multiple ? [...Array.from(input.files ?? []), ...files] : files.slice(0, 1)).forEach((file) => bag.items.add(file));
    input.files = bag.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private async chosen(): Promise<void> {
    const input = this.input;
    if (!input) return;
    const files = Array.from(input.files ?? []);
    this.show(input, files);
    if (!files.some(isLargePhoto)) return;
    input.setCustomValidity("照片正在压缩，请稍候再提交。");
    const made = await ready(files);
    const now = Array.from(input.files ?? []);
    if (now.length !== files.length || now.some((file, place) => file.name !== files[place]?.name)) return;
    const bag = new DataTransfer();
    made.forEach((file) => bag.items.add(file));
    input.files = bag.files;
    this.show(input, made);
  }

  private show(input: HTMLInputElement, files: File[]): void {
    const faults = files.map((file) => this.fault(file, input.accept));
    input.setCustomValidity(faults.filter(Boolean).join("\n"));
    this.list.replaceChildren(...files.map((file, index) => row(file, faults[index] ?? "")));
  }

  private fault(file: File, accept: string): string {
    const most = Number(this.dataset.maxBytes ?? 0);
    if (file.size === 0) return `“${file.name}”是空文件，请检查后重新选择。`;
    if (most && file.size > most) return `“${file.name}”有 ${size(file.size)}，超过上限 ${size(most)}，请压缩或拆分后再传。`;
    const saveAs = (this.dataset.saveAs ?? "").split(",").filter(Boolean);
    if (saveAs.some((kind) => file.name.toLowerCase().endsWith(kind))) return `“${file.name}”：请用WPS另存为.xlsx后上传。`;
    const kinds = accept.split(",").map((kind) => kind.trim().toLowerCase()).filter((kind) => kind.startsWith("."));
    if (kinds.length && !kinds.some((kind) => file.name.toLowerCase().endsWith(kind))) {
      return `“${file.name}”的格式不对，请选 ${kinds.filter((kind) => !saveAs.includes(kind)).map((kind) => kind.slice(1)).join("、")} 文件。`;
    }
    return "";
  }
}

function row(file: File, fault: string): HTMLLIElement {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = fault ? "dd-file-name dd-red" : "dd-file-name";
  name.textContent = fault || file.name;
  const bytes = document.createElement("small");
  bytes.textContent = sizeOf(file);
  item.append(fault ? icon("file-alert") : picture(file), name, bytes);
  return item;
}

customElements.define("dd-upload", UploadElement);
