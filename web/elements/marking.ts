// <dd-marking> around the reviewer's desk, whose form saves itself (../lib/autosave): shows what a mark comes to, and drives the desk by
// keyboard.
import { Autosave } from "../lib/autosave";
import { shortcut, typedIn } from "../lib/keys";
import { showMark, type Marked } from "../lib/marks";

class MarkingElement extends HTMLElement {
  private saver!: Autosave<Marked>;
  private stop = new AbortController();

  connectedCallback(): void {
    this.stop = new AbortController();
    const signal = this.stop.signal;
    this.querySelector(".mk-tree .is-current")?.scrollIntoView({ block: "nearest" });
    this.saver = new Autosave<Marked>(this, signal, (answer) => this.show(answer), () => void this.forward());
    document.addEventListener("keydown", (event) => this.pressed(event), { signal });
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    for (const kind of ["change", "focusin", "focusout"]) this.addEventListener(kind, () => queueMicrotask(() => this.showKeys()), { signal });
    this.showKeys();
  }
  disconnectedCallback(): void {
    this.stop.abort();
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector<HTMLFormElement>("form[data-save]");
  }

  private show(answer: Marked): void {
    const row = this.querySelector(`.mk-tree a[data-code="${CSS.escape(answer.code)}"]`);
    if (this.form?.dataset.code === answer.code) showMark(this, row, answer);
    const result = row?.querySelector(".mk-result");
    if (result) result.textContent = answer.result;
    const word = row?.querySelector(".visually-hidden");
    if (word) word.textContent = answer.lacks || "已评";
  }

  private async forward(): Promise<void> {
    if (!(await this.saver.flush())) return;
    const lacks = this.querySelector("[data-lacks]")?.textContent ?? "";
    if (lacks === "缺理由") {
      this.saver.tell("这个评分要写理由", true);
      this.form?.querySelector("textarea")?.focus();
      return;
    }
    this.go("[data-next]");
  }

  private go(where: string): void {
    const link = this.querySelector<HTMLAnchorElement>(where);
    if (!link) return this.saver.tell(where === "[data-next]" ? "已经是最后一项" : "已经是第一项");
    void this.leave(link);
  }
  private async leave(link: HTMLAnchorElement): Promise<void> {
    if (await this.saver.flush()) location.assign(link.href);
  }

  private clicked(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    if (!link || this.saver.clean || event.defaultPrevented || link.target === "_blank" || link.hash || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    void this.leave(link);
  }

  private pressed(event: KeyboardEvent): void {
    const field = typedIn(event);
    if (event.key === "Escape" && field) return field.blur();
    if (event.ctrlKey && event.key === "Enter" && this.form && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      return void this.forward();
    }
    const key = shortcut(event);
    if (/^[1-9]$/.test(key)) return this.choose(Number(key), event);
    const acts: Record<string, () => void> = {
      j: () => this.go("[data-next]"),
      k: () => this.go("[data-previous]"),
      s: () => void this.forward(),
      r: () => this.form?.querySelector("textarea")?.focus(),
    };
    const act = acts[key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  private get inputs(): HTMLElement[] {
    return Array.from(this.querySelectorAll<HTMLElement>("form[data-save] [data-input]"));
  }

  /** The question whose values the digits choose: the one in focus, else the only one, else the first without an answer. */
  private get keyed(): HTMLElement | undefined {
    const inputs = this.inputs;
    const focused = inputs.find((one) => one.contains(document.activeElement));
    const open = inputs.find((one) => !one.querySelector("input:checked") && one.querySelector("input[type=radio]"));
    return focused ?? (inputs.length === 1 ? inputs[0] : open);
  }

  /** Only that question shows its digits, since others have the same. */
  private showKeys(): void {
    const keyed = this.keyed;
    for (const one of this.inputs) one.classList.toggle("has-keys", one === keyed);
  }

  private choose(key: number, event: KeyboardEvent): void {
    const place = this.keyed;
    const found = place?.querySelector<HTMLElement>(`[data-key="${key}"]`);
    if (!place || !found) return;
    event.preventDefault();
    const inFocus = place.contains(document.activeElement);
    found.click();
    const next = this.inputs[this.inputs.indexOf(place) + 1];
    if (inFocus && next) next.querySelector<HTMLElement>("input")?.focus();
  }
}

customElements.define("dd-marking", MarkingElement);
