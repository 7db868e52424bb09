// <dd-answers> around the desk of a self-evaluation or its figures, whose forms save themselves (../lib/autosave): the keyboard, the
// tree's marks and finding in the tree.
import { Autosave, type Saved } from "../lib/autosave";
import { valuesOf, type Field } from "../lib/fields";
import { shortcut, typedIn } from "../lib/keys";

class AnswersElement extends HTMLElement {
  private saver!: Autosave<Saved>;
  private stop = new AbortController();

  connectedCallback(): void {
    this.stop = new AbortController();
    const signal = this.stop.signal;
    this.saver = new Autosave<Saved>(this, signal, (_, form) => {
      if (form) this.mark(form);
      document.body.dispatchEvent(new CustomEvent("dd:answered", { bubbles: true }));
    });
    this.addEventListener("dd:filled", (event) => this.filled(event.target as Field), { signal });
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    document.addEventListener("keydown", (event) => this.pressed(event), { signal });
    document.addEventListener("htmx:afterSettle", (event) => this.settled(event.target), { signal });
    this.reveal();
  }
  disconnectedCallback(): void {
    this.stop.abort();
  }

  private filled(field: Field): void {
    if (field.form) this.mark(field.form);
  }

  /** Last year's words, behind those that stand there. */
  private clicked(event: Event): void {
    if (!(event.target instanceof Element) || !event.target.closest("[data-use-last]")) return;
    const field = this.querySelector<HTMLTextAreaElement>('textarea[name="text"]');
    const words = this.querySelector<HTMLElement>("[data-last-text]")?.innerText ?? "";
    if (!field) return;
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n${words}` : words;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  }

  // Tree

  private settled(target: EventTarget | null): void {
    const pane = this.querySelector<HTMLElement>("#answer-at");
    if (!pane || !(target instanceof Node) || !(target === pane || pane.contains(target) || target.contains(pane))) return;
    const at = pane.dataset.at ?? "";
    this.saver.watch();
    for (const link of this.links) {
      const here = link.dataset.code === at;
      if (here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    this.reveal();
  }
  private get links(): HTMLAnchorElement[] {
    return Array.from(this.querySelectorAll<HTMLAnchorElement>("a[data-code]"));
  }
  private reveal(): void {
    const link = this.querySelector<HTMLElement>('a[aria-current="true"]');
    const tree = link?.closest<HTMLElement>(".sa-tree");
    if (!link || !tree) return;
    link.closest("details")?.setAttribute("open", "");
    const [box, own] = [tree.getBoundingClientRect(), link.getBoundingClientRect()];
    if (tree.scrollHeight > tree.clientHeight && (own.top < box.top + 90 || own.bottom > box.bottom - 8)) tree.scrollTop += own.top - box.top - 140;
  }

  /** What has just been saved, in the tree: whether the indicator is complete now, and the counts above it. */
  private mark(form: HTMLFormElement): void {
    const link = this.links.find((one) => one.dataset.code === form.dataset.code);
    if (!link || link.dataset.state === "data") return;
    const questions = Array.from(form.querySelectorAll<HTMLElement>("[data-question]")).filter((one) => one.querySelector(".dd-required"));
    if (!questions.length) return;
    const now = valuesOf(form);
    const done = questions.every((question) => {
      const name = question.querySelector<Field>("input, select")?.name ?? "";
      return (now.get(name) ?? "") !== "";
    });
    const was = link.dataset.state === "done";
    link.dataset.state = done ? "done" : "open";
    if (was === done) return;
    const step = done ? 1 : -1;
    for (const place of [link.closest("[data-block]")?.querySelector("[data-block-filled]"), this.querySelector("[data-filled]")]) {
      if (place) place.textContent = String(Number(place.textContent) + step);
    }
    const bar = this.querySelector<HTMLProgressElement>(".sa-total progress");
    if (bar) bar.value = bar.value + step;
  }

  private find(words: string): void {
    const wanted = words.trim().toLowerCase();
    for (const link of this.links) {
      const item = link.closest("li");
      if (item) item.hidden = wanted !== "" && !(link.textContent ?? "").toLowerCase().includes(wanted);
    }
    for (const above of this.querySelectorAll<HTMLElement>(".sa-above")) above.hidden = wanted !== "";
    for (const block of this.querySelectorAll<HTMLDetailsElement>("[data-block]")) {
      const any = Array.from(block.querySelectorAll<HTMLElement>("li:not(.sa-above)")).some((item) => !item.hidden);
      block.hidden = !any;
      if (wanted && any) block.open = true;
    }
  }

  // Keyboard

  private pressed(event: KeyboardEvent): void {
    const field = typedIn(event);
    if (field && event.key === "Escape") field.blur();
    if (field?.matches("[data-find]")) window.setTimeout(() => this.find((field as HTMLInputElement).value), 0);
    else if (field && event.key === "Enter" && event.ctrlKey && this.contains(field)) { event.preventDefault(); this.hit("next"); }
    const key = shortcut(event);
    if (key === "n" || key === "p") { event.preventDefault(); this.hit(key === "n" ? "next" : "previous"); }
    else if (key === "/") {
      const field = this.querySelector<HTMLInputElement>("[data-find]");
      if (field) { event.preventDefault(); field.focus(); }
    } else if (/^[1-9]$/.test(key)) {
      const options = this.querySelectorAll<HTMLInputElement>("fieldset[data-question] input[type=radio]");
      const first = options[0]?.name;
      const own = Array.from(options).filter((one) => one.name === first);
      own[Number(key) - 1]?.click();
    }
  }
  private hit(key: string): void {
    this.querySelector<HTMLElement>(`[data-key="${key}"]`)?.click();
  }
}

customElements.define("dd-answers", AnswersElement);
