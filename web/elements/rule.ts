// <dd-rule data-url="…"> around the form of an indicator and the preview beside it. Shows only the fields that the chosen kind of
// rule uses, asks the server what the rule as typed does (nothing is saved), offers data items while a formula is typed.
import { fragment } from "../lib/dom";

const WAIT = 350;
const MOST = 8;
// What may stand in a name of the indicator language: anything but blanks, brackets, operators and quotes.
const NAME_END = /[^\s+\-*/×÷=<>≥≤≠()（）【】[\]|｜,，"“”'；;：:!！%]+$/;
type Field = HTMLInputElement | HTMLTextAreaElement;

class RuleElement extends HTMLElement {
  private timer = 0;
  private asking: AbortController | null = null;
  private last: Field | null = null;
  private list: HTMLUListElement | null = null;
  private chosen = -1;
  private helps = new Map<Element, string>();

  connectedCallback(): void {
    this.querySelector("[data-preview-button]")?.setAttribute("hidden", "");
    this.addEventListener("input", this);
    this.addEventListener("change", this);
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    this.addEventListener("focusin", this);
    this.addEventListener("focusout", this);
    this.fit();
    this.place();
  }
  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    this.asking?.abort();
    for (const name of ["input", "change", "click", "keydown", "focusin", "focusout"]) this.removeEventListener(name, this);
  }

  handleEvent(event: Event): void {
    const target = event.target;
    if (!(target instanceof HTMLElement)) return;
    if (event.type === "focusin" && "formula" in target.dataset) this.last = target as Field;
    if (event.type === "focusout") window.setTimeout(() => this.close(), 150);
    if (event instanceof KeyboardEvent) return this.key(event);
    if (event.type === "click") {
      const item = target.closest<HTMLElement>("[data-insert]");
      if (item) this.insert(item.dataset.insert ?? "");
      return;
    }
    if (event.type !== "input" && event.type !== "change") return;
    if ((target as HTMLInputElement).name === "kind") this.fit();
    if (event.type === "input" && target instanceof HTMLInputElement && "formula" in target.dataset) this.offer(target);
    if (target.closest("form#node-form") || target.getAttribute("form") === "node-form") this.later();
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector<HTMLFormElement>("#node-form");
  }

  // ---- fields of the kind ----

  private fit(): void {
    const kind = this.querySelector<HTMLSelectElement>('[name="kind"]');
    if (!kind) return;
    for (const field of this.querySelectorAll<HTMLElement>("[data-kinds]")) {
      const kinds = (field.dataset.kinds ?? "").split(" ");
      const box = field.closest<HTMLElement>("[data-field]");
      if (box) box.hidden = !kinds.includes(kind.value || "none");
      this.help(field, box, kind.value);
    }
    for (const box of this.querySelectorAll<HTMLElement>("[data-known]")) box.hidden = kind.value === "judged";
  }

  private help(field: HTMLElement, box: HTMLElement | null, kind: string): void {
    const words = box?.querySelector(".dd-help-text");
    if (!words || !field.dataset.helps) return;
    const all = this.helps.get(words) ?? words.textContent ?? "";
    this.helps.set(words, all);
    words.textContent = (JSON.parse(field.dataset.helps) as Record<string, string>)[kind] ?? all;
  }

  // ---- preview ----

  private later(): void {
    window.clearTimeout(this.timer);
    // An answer that comes after more was typed would take the letters away again.
    this.asking?.abort();
    this.timer = window.setTimeout(() => void this.ask(), WAIT);
  }

  private async ask(): Promise<void> {
    const form = this.form;
    const pane = this.querySelector<HTMLElement>("[data-preview]");
    if (!form || !pane) return;
    this.asking = new AbortController();
    let html: string;
    try {
      html = await fragment(this.dataset.url ?? "", this.asking.signal, new FormData(form));
    } catch (error) {
      if (!(error instanceof DOMException)) pane.dataset.stale = "";
      return;
    }
    delete pane.dataset.stale;
    const active = document.activeElement;
    const id = active instanceof HTMLElement && pane.contains(active) ? active.id : "";
    const at = active instanceof HTMLInputElement && id ? active.selectionStart : null;
    const scrolled = pane.querySelector(".fw-samples")?.scrollTop ?? 0;
    pane.innerHTML = html;
    const samples = pane.querySelector(".fw-samples");
    if (samples) samples.scrollTop = scrolled;
    if (id) {
      const again = document.getElementById(id);
      again?.focus();
      if (again instanceof HTMLInputElement && at !== null) again.setSelectionRange(at, at);
    }
    this.place();
  }

  /** What is wrong with a field stands beside it, not in the pane. */
  private place(): void {
    this.querySelectorAll("[data-placed]").forEach((node) => node.remove());
    for (const flaw of this.querySelectorAll<HTMLElement>("[data-preview] [data-beside]")) {
      const box = this.querySelector<HTMLElement>(`[data-field="${flaw.dataset.beside}"]`);
      if (!box || box.hidden) continue;
      flaw.dataset.placed = "";
      box.querySelector(".dd-field")?.append(flaw);
    }
  }

  // ---- data items ----

  private insert(name: string): void {
    const field = this.last ?? this.querySelector<Field>('[name="value"]');
    if (!field || field.closest<HTMLElement>("[data-field]")?.hidden) return;
    const start = field.selectionStart ?? field.value.length;
    field.setRangeText(name, start, field.selectionEnd ?? start, "end");
    this.close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }

  private offer(field: HTMLInputElement): void {
    this.close();
    const at = field.selectionStart ?? 0;
    const word = NAME_END.exec(field.value.slice(0, at))?.[0] ?? "";
    if (!word) return;
    const items = Array.from(this.querySelectorAll<HTMLElement>("[data-insert]"))
      .filter((item) => (item.dataset.insert ?? "").includes(word) && item.dataset.insert !== word)
      .slice(0, MOST);
    if (!items.length) return;
    const list = document.createElement("ul");
    list.className = "dd-picker-list";
    list.id = `${field.id}-items`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "数据项");
    items.forEach((item, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = item.dataset.insert ?? "";
      const note = document.createElement("small");
      note.textContent = item.dataset.note ?? "";
      option.append(note);
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.take(field, item.dataset.insert ?? "");
      });
      list.append(option);
    });
    const line = field.closest<HTMLElement>(".dd-field-line");
    line?.classList.add("fw-offers");
    line?.append(list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", list.id);
    this.list = list;
    this.chosen = -1;
  }

  private take(field: HTMLInputElement, name: string): void {
    const at = field.selectionStart ?? 0;
    const word = NAME_END.exec(field.value.slice(0, at))?.[0] ?? "";
    field.setRangeText(name, at - word.length, at, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }

  private close(): void {
    const field = this.list && this.querySelector<HTMLInputElement>(`[aria-controls="${this.list.id}"]`);
    if (field) {
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
      field.removeAttribute("aria-controls");
    }
    this.list?.remove();
    this.list = null;
  }

  private key(event: KeyboardEvent): void {
    const field = event.target;
    if (!this.list || !(field instanceof HTMLInputElement)) return;
    const options = Array.from(this.list.children);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.chosen = (this.chosen + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.chosen)));
      field.setAttribute("aria-activedescendant", options[this.chosen]?.id ?? "");
      event.preventDefault();
    } else if (event.key === "Enter" && this.chosen >= 0) {
      this.take(field, options[this.chosen]?.firstChild?.textContent ?? "");
      event.preventDefault();
    } else if (event.key === "Escape") {
      this.close();
      event.preventDefault();
    }
  }
}

customElements.define("dd-rule", RuleElement);
