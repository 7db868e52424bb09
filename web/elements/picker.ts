// <dd-picker data-url data-name [data-multiple]>: a combobox. What is typed goes to data-url?q=…; the answer is
// <li role="option" data-value data-label>. The chosen values stand in hidden inputs, so the form is a plain form.
import { fragment, icon } from "../lib/dom";

const DELAY = 180;
let serial = 0;

class PickerElement extends HTMLElement {
  private input!: HTMLInputElement;
  private list!: HTMLUListElement;
  private chosen!: HTMLUListElement;
  private timer = 0;
  private asking: AbortController | null = null;
  private at = -1;
  private label = "";

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>('input[role="combobox"]');
    const chosen = this.querySelector<HTMLUListElement>(".dd-picker-chosen");
    if (!input || !chosen || this.list) return;
    this.input = input;
    this.chosen = chosen;
    this.label = input.value;
    this.list = document.createElement("ul");
    this.list.className = "dd-picker-list";
    this.list.id = `dd-picker-${++serial}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "可选项");
    this.list.hidden = true;
    this.input.after(this.list);
    this.input.setAttribute("aria-controls", this.list.id);

    this.input.addEventListener("input", (event) => {
      event.stopPropagation();
      this.ask(DELAY);
    });
    this.input.addEventListener("change", (event) => event.stopPropagation());
    this.input.addEventListener("click", () => this.list.hidden && this.ask(0));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => window.setTimeout(() => this.leave(), 120));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest<HTMLElement>('[role="option"]') : null;
      if (option) this.choose(option);
    });
    this.chosen.addEventListener("click", (event) => {
      const item = event.target instanceof Element && event.target.closest("button") ? event.target.closest("li") : null;
      if (!item) return;
      item.remove();
      this.input.focus();
      this.told();
    });
  }

  private get multiple(): boolean {
    return "multiple" in this.dataset;
  }

  private ask(delay: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.fetch(), delay);
  }

  private async fetch(): Promise<void> {
    this.asking?.abort();
    this.asking = new AbortController();
    const url = new URL(this.dataset.url ?? "", location.href);
    const typed = this.input.value.trim();
    url.searchParams.set("q", !this.multiple && typed === this.label ? "" : typed);
    for (const item of this.values()) url.searchParams.append("not", item);
    try {
      this.list.innerHTML = await fragment(url.href, this.asking.signal);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      this.list.replaceChildren(note("没有取到可选项，请检查网络后再试。"));
    }
    if (!this.list.querySelector('[role="option"]') && !this.list.children.length) this.list.replaceChildren(note("没有找到，换个名称、简称或代码试试。"));
    this.options.forEach((option, index) => {
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("aria-selected", "false");
    });
    this.at = -1;
    this.open(document.activeElement === this.input);
  }

  private get options(): HTMLElement[] {
    return Array.from(this.list.querySelectorAll<HTMLElement>('[role="option"]:not([aria-disabled="true"])'));
  }

  private open(open: boolean): void {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
  }

  private key(event: KeyboardEvent): void {
    const options = this.options;
    switch (event.key) {
      case "ArrowDown":
        if (this.list.hidden) this.ask(0);
        else this.mark(Math.min(this.at + 1, options.length - 1));
        break;
      case "ArrowUp":
        this.mark(Math.max(this.at - 1, 0));
        break;
      case "Enter": {
        if (this.list.hidden) return;
        const option = options[this.at] ?? (options.length === 1 ? options[0] : undefined);
        if (option) this.choose(option);
        break;
      }
      case "Escape":
        if (this.list.hidden) return;
        this.open(false);
        break;
      case "Backspace":
        if (!this.multiple || this.input.value) return;
        this.chosen.lastElementChild?.remove();
        this.told();
        return;
      default:
        return;
    }
    event.preventDefault();
  }

  private mark(index: number): void {
    const options = this.options;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    this.at = index;
    const option = options[index];
    if (!option) return;
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  private choose(option: HTMLElement): void {
    if (option.getAttribute("aria-disabled") === "true") return;
    const { value = "", label = option.textContent?.trim() ?? "" } = option.dataset;
    if (!this.multiple) this.chosen.replaceChildren();
    if (!this.values().includes(value)) this.chosen.append(this.item(value, label));
    this.label = this.multiple ? "" : label;
    this.input.value = this.label;
    this.open(false);
    this.told();
  }

  private values(): string[] {
    return Array.from(this.chosen.querySelectorAll("input"), (node) => node.value);
  }

  private item(value: string, label: string): HTMLLIElement {
    const item = document.createElement("li");
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = this.dataset.name ?? "";
    hidden.value = value;
    item.append(hidden);
    if (this.multiple) {
      const remove = document.createElement("button");
      remove.type = "button";
      remove.setAttribute("aria-label", `去掉${label}`);
      remove.append(icon("x"));
      item.append(label, remove);
    } else item.hidden = true;
    return item;
  }

  /** Emptying the field of a single picker means choosing nothing; half a word means the former choice. */
  private leave(): void {
    this.open(false);
    if (this.multiple) {
      this.input.value = "";
      return;
    }
    if (this.input.value.trim() === "" && this.values().length) {
      this.chosen.replaceChildren();
      this.label = "";
      this.told();
    } else this.input.value = this.label;
  }

  private told(): void {
    this.chosen.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function note(words: string): HTMLLIElement {
  const item = document.createElement("li");
  item.className = "dd-picker-empty";
  item.textContent = words;
  return item;
}

customElements.define("dd-picker", PickerElement);
