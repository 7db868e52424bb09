// <dd-draft data-key="…" [data-errors]> around a form: keeps what was typed in this browser until the server has it,
// offers it again after a crash or a lost connection, and warns before leaving with unsaved input.
import { timeOfDay } from "../lib/dom";
import { dropDraft, offerBox, readDraft, writeDraft, type Pairs } from "../lib/drafts";
import { fieldsOf, type Field } from "../lib/fields";

const SENT = "dd-draft-sent";
const DELAY = 400;

class DraftElement extends HTMLElement {
  private timer = 0;
  private dirty = false;
  private sending = false;
  private original = "";
  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (!this.dirty || this.sending) return;
    event.preventDefault();
    event.returnValue = "";
  };
  private readonly hiding = (): void => {
    if (this.dirty) this.save();
  };

  connectedCallback(): void {
    const form = this.form;
    if (!form) return;
    this.original = JSON.stringify(this.values());
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => {
      this.save();
      this.sending = true;
      sessionStorage.setItem(SENT, this.key);
      window.setTimeout(() => (this.sending = "busy" in form.dataset), 50);
    });
    // A form that saves by itself: the server has what is in it now.
    this.addEventListener("dd:saved", () => {
      window.clearTimeout(this.timer);
      this.original = JSON.stringify(this.values());
      this.dirty = false;
      dropDraft(this.key);
    });
    window.addEventListener("beforeunload", this.leaving);
    window.addEventListener("pagehide", this.hiding);
    // A form that comes back with errors holds what was typed; it is as unsaved as before.
    if ("errors" in this.dataset) this.dirty = true;
    else this.offer();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    window.removeEventListener("beforeunload", this.leaving);
    window.removeEventListener("pagehide", this.hiding);
  }

  get key(): string {
    return this.dataset.key ?? location.pathname;
  }
  private get form(): HTMLFormElement | null {
    return this.querySelector("form");
  }
  private get note(): HTMLElement | null {
    return this.querySelector("[data-draft-note]");
  }

  private get fields(): Field[] {
    return this.form ? fieldsOf(this.form) : [];
  }

  private values(): Pairs {
    const pairs: Pairs = [];
    for (const field of this.fields) {
      if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
        if (field.checked) pairs.push([field.name, field.value]);
      } else if (field instanceof HTMLSelectElement && field.multiple) {
        for (const option of Array.from(field.selectedOptions)) pairs.push([field.name, option.value]);
      } else pairs.push([field.name, field.value]);
    }
    return pairs;
  }

  private changed(): void {
    this.dirty = JSON.stringify(this.values()) !== this.original || "errors" in this.dataset;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.dirty ? this.save() : dropDraft(this.key)), DELAY);
  }

  private save(): void {
    if (!this.dirty) return;
    const kept = writeDraft(this.key, this.values());
    if (this.note) {
      this.note.textContent = kept ? `草稿已存在本机 ${timeOfDay(new Date())}` : "浏览器不允许存草稿，离开前请先保存";
    }
  }

  private offer(): void {
    const draft = readDraft(this.key);
    if (!draft) return;
    if (JSON.stringify(draft.values) === this.original) return dropDraft(this.key);
    const when = new Date(draft.at);
    const day = when.toDateString() === new Date().toDateString() ? "今天" : `${when.getMonth() + 1}月${when.getDate()}日`;
    this.prepend(offerBox(`上次有没保存的内容（${day} ${timeOfDay(when)}）。`, {
      恢复草稿: () => this.fill(draft.values),
      丢弃: () => dropDraft(this.key),
    }));
  }

  private fill(values: Pairs): void {
    // What makes fields of its own (a table's rows) makes them before they are filled.
    this.form?.dispatchEvent(new CustomEvent("dd:fill", { detail: values }));
    const left = new Map<string, string[]>();
    for (const [name, value] of values) left.set(name, [...(left.get(name) ?? []), value]);
    for (const field of this.fields) {
      const own = left.get(field.name) ?? [];
      if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
        field.checked = own.includes(field.value);
      } else if (field instanceof HTMLSelectElement && field.multiple) {
        for (const option of Array.from(field.options)) option.selected = own.includes(option.value);
      } else field.value = own.shift() ?? "";
      field.dispatchEvent(new CustomEvent("dd:filled", { bubbles: true }));
    }
    this.changed();
  }
}

customElements.define("dd-draft", DraftElement);

// The form that was sent has become another page: the server has it, the draft may go.
const sent = sessionStorage.getItem(SENT);
if (sent !== null) {
  sessionStorage.removeItem(SENT);
  const here = Array.from(document.querySelectorAll<DraftElement>("dd-draft")).some((node) => node.key === sent);
  if (!here) dropDraft(sent);
}
