// <dd-review> around the review screen of a work plan, whose forms save themselves (../lib/autosave): shows in the source where the
// piece in focus and its guesses stand, and drives the screen by keyboard.
import { Autosave, type Saved } from "../lib/autosave";
import { shortcut, typedIn } from "../lib/keys";

/** Number, words and pieces belong together: the server says what changed along. */
interface Edited extends Saved {
  name: string;
  words?: Record<string, string>;
  items?: Record<string, string>;
}

type Place = [line: number, column: number, length: number];

class ReviewElement extends HTMLElement {
  private saver!: Autosave<Edited>;
  private index = -1;
  private stop = new AbortController();

  connectedCallback(): void {
    this.stop = new AbortController();
    const signal = this.stop.signal;
    this.saver = new Autosave<Edited>(this, signal, (answer) => this.edited(answer));
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    this.addEventListener("focusin", (event) => this.focused(event), { signal });
    for (const name of ["input", "dd:filled"]) this.addEventListener(name, (event) => grow(event.target), { signal });
    document.addEventListener("keydown", (event) => this.pressed(event), { signal });
    document.addEventListener("selectionchange", () => this.selected(), { signal });
    document.addEventListener("htmx:afterSwap", () => this.swapped(), { signal });
    document.addEventListener("htmx:afterSettle", () => this.settled(), { signal });
    this.addEventListener("htmx:beforeRequest", () => (this.running = true), { signal });
    document.addEventListener("htmx:afterRequest", (event) => this.answered(event as CustomEvent), { signal });
    this.refresh();
    this.enterForm();
    this.seen = this.pane;
  }
  disconnectedCallback(): void {
    this.stop.abort();
  }

  private get pane(): HTMLElement | null {
    return this.querySelector("#review-at");
  }
  private get guesses(): HTMLElement[] {
    return Array.from(this.querySelectorAll<HTMLElement>("[data-guess]"));
  }

  private refresh(): void {
    this.querySelectorAll("textarea[data-grow]").forEach(grow);
    this.saver.watch();
    this.mark();
    reveal(this.querySelector(".rv-tree"), this.querySelector(".rv-tree .is-current"));
  }

  /** After a swap: the new piece from its top, the old one where the person was. */
  private swapped(): void {
    const pane = this.pane;
    if (!pane || pane === this.seen) return;
    const same = this.seen?.dataset.at === pane.dataset.at;
    this.seen = pane;
    if (!same) this.index = -1;
    this.refresh();
    if (!this.enterForm() && same && this.index >= 0) {
      const open = this.guesses.findIndex((guess, place) => place >= this.index && guess.matches(".is-proposed"));
      this.step(open >= 0 ? open : Math.min(this.index, this.guesses.length - 1));
    }
  }
  private seen: HTMLElement | null = null;
  private running = false;
  private waiting: (() => void)[] = [];

  /** Only now do links and buttons of the new piece know what to do: a key before that would leave the page. */
  private settled(): void {
    this.running = false;
    while (!this.running && this.waiting.length) this.waiting.shift()?.();
  }

  private enterForm(): boolean {
    const field = this.querySelector<HTMLElement>("[data-guess-form] input:not([type=hidden]), [data-guess-form] select");
    field?.focus();
    return field !== null;
  }

  private answered(event: CustomEvent<{ successful?: boolean }>): void {
    if (event.detail.successful) return;
    this.running = false;
    this.waiting = [];
  }

  private edited(answer: Edited): void {
    const words = this.querySelector<HTMLFormElement>("form#words");
    if (words && answer.words) this.saver.follow(words, answer.words);
    for (const form of this.querySelectorAll<HTMLFormElement>("form[data-item]")) {
      const text = answer.items?.[form.dataset.item ?? ""];
      if (text !== undefined) this.saver.follow(form, { text });
    }
    const name = this.querySelector(".rv-tree .is-current .rv-name");
    if (name) name.textContent = answer.name;
  }

  private clicked(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const line = event.target.closest<HTMLElement>("[data-line]");
    if (line) this.open(Number(line.dataset.line));
    const jump = event.target.closest<HTMLElement>("[data-jump]");
    if (jump && !event.target.closest("button, a")) this.show([place(jump.dataset.jump ?? "")]);
  }

  /** A click into the source opens the piece that stands there. */
  private open(line: number): void {
    if (!document.getSelection()?.isCollapsed) return;
    for (const link of this.querySelectorAll<HTMLAnchorElement>(".rv-tree a[data-lines]")) {
      const [first, last] = range(link.dataset.lines ?? "");
      if (first <= line && line <= last && !link.matches(".is-current")) return link.click();
    }
  }

  // Keyboard

  private pressed(event: KeyboardEvent): void {
    const field = typedIn(event);
    if (field) return this.typed(event, field);
    const key = shortcut(event);
    if (key === "Enter" && (event.target as HTMLElement).closest("button, a, summary")) return;
    const act: Record<string, () => void> = {
      j: () => this.step(this.index + 1),
      k: () => this.step(this.index - 1),
      a: () => this.press("accept"),
      x: () => this.press("reject"),
      e: () => this.press("change"),
      n: () => this.hit("next"),
      p: () => this.hit("previous"),
      Enter: () => this.hit("done"),
    };
    const found = act[key];
    if (!found) return;
    event.preventDefault();
    if (this.running) this.waiting.push(found);
    else found();
  }

  private typed(event: KeyboardEvent, target: HTMLElement): void {
    if (event.key === "Escape") {
      event.preventDefault();
      const cancel = target.closest("[data-guess-form]")?.querySelector<HTMLElement>('[data-key="cancel"]');
      if (cancel) cancel.click();
      else target.blur();
    } else if (event.key === "Enter" && event.ctrlKey && target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      this.selected(); // the browser tells of a moved cursor later than of the key
      // A click, not requestSubmit: htmx takes the name of the button from it.
      target.form?.querySelector<HTMLButtonElement>('button[name="do"][value="split"]')?.click();
    } else if (event.key === "Enter" && target.matches("[data-line-only]")) event.preventDefault();
  }

  private step(to: number): void {
    const guesses = this.guesses;
    if (!guesses.length) return;
    this.index = Math.max(0, Math.min(to, guesses.length - 1));
    guesses[this.index]?.focus({ preventScroll: false });
  }
  private press(key: string): void {
    this.guesses[this.index]?.querySelector<HTMLElement>(`[data-key="${key}"]`)?.click();
  }
  private hit(key: string): void {
    this.querySelector<HTMLElement>(`[data-key="${key}"]`)?.click();
  }

  private focused(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const guess = event.target.closest<HTMLElement>("[data-guess]");
    const index = guess ? this.guesses.indexOf(guess) : -1;
    if (!guess || index === this.index) {
      if (guess) this.mark();
      return;
    }
    this.index = index;
    this.mark();
  }

  /** Where the cursor and the selection are, told in characters as the server counts them. */
  private selected(): void {
    const area = document.activeElement;
    if (!(area instanceof HTMLTextAreaElement) || !this.contains(area) || area.name !== "text") return;
    const count = (units: number): string => {
      const before = area.value.slice(0, units);
      const blank = area.value.length - area.value.trimStart().length;
      return String(Math.max(0, Array.from(before).length - Array.from(area.value.slice(0, blank)).length));
    };
    area.form?.querySelectorAll<HTMLInputElement>("[data-caret]").forEach((field) => (field.value = count(area.selectionStart)));
    if (area.form?.id !== "words") return;
    const ends: Record<string, number> = { from: area.selectionStart, to: area.selectionEnd };
    this.querySelectorAll<HTMLInputElement>("[data-selection]").forEach((field) => {
      field.value = count(ends[field.dataset.selection ?? ""] ?? 0);
    });
  }

  // The source

  private mark(): void {
    const guesses = this.guesses;
    const focus = guesses[this.index];
    const [first, last] = range(this.pane?.dataset.lines ?? "");
    const marks = new Map<number, [Place, boolean][]>();
    for (const guess of [...guesses.filter((item) => item !== focus), ...(focus ? [focus] : [])]) {
      for (const text of (guess.dataset.where ?? "").split(" ").filter(Boolean)) {
        const found = place(text);
        marks.set(found[0], [...(marks.get(found[0]) ?? []), [found, guess === focus]]);
      }
    }
    for (const row of this.querySelectorAll<HTMLElement>("[data-line]")) {
      const line = Number(row.dataset.line);
      row.classList.toggle("is-current", first <= line && line <= last);
      const words = row.querySelector("span");
      if (words) paint(words, marks.get(line) ?? []);
    }
    this.scrollSource();
  }

  /** Shows words that no guess stands for: what a remark is about. */
  private show(found: Place[]): void {
    for (const [line, column, length] of found) {
      const words = this.querySelector<HTMLElement>(`[data-line="${line}"] > span`);
      if (words) paint(words, [[[line, column, length], true]]);
    }
    this.scrollSource();
  }

  private scrollSource(): void {
    const pane = this.querySelector(".rv-source");
    reveal(pane, pane?.querySelector("mark.is-focus") ?? pane?.querySelector(".is-current") ?? null);
  }
}

/** Scrolls a pane, and nothing around it, until the wanted part is seen. */
function reveal(pane: Element | null, wanted: Element | null): void {
  if (!pane || !wanted || pane.scrollHeight <= pane.clientHeight) return;
  const [box, own] = [pane.getBoundingClientRect(), wanted.getBoundingClientRect()];
  if (own.top < box.top + 44 || own.bottom > box.bottom - 12) pane.scrollTop += own.top - box.top - 80;
}

/** Rebuilds the words of a line with its marks; columns count characters from 1. */
function paint(words: HTMLElement, marks: [Place, boolean][]): void {
  const text = words.textContent ?? "";
  if (!marks.length) {
    if (words.childElementCount) words.textContent = text;
    return;
  }
  const letters = Array.from(text);
  const looks = letters.map(() => "");
  for (const [[, column, length], focus] of marks) looks.fill(focus ? "dd-mark is-focus" : "dd-mark", column - 1, column - 1 + length);
  const parts: Node[] = [];
  for (let start = 0; start < letters.length; ) {
    let end = start + 1;
    while (end < letters.length && looks[end] === looks[start]) end += 1;
    const piece = letters.slice(start, end).join("");
    if (looks[start]) {
      const mark = document.createElement("mark");
      mark.className = looks[start] ?? "";
      mark.textContent = piece;
      parts.push(mark);
    } else parts.push(document.createTextNode(piece));
    start = end;
  }
  words.replaceChildren(...parts);
}

function place(text: string): Place {
  const [line = 0, column = 0, length = 0] = text.split(":").map(Number);
  return [line, column, length];
}

function range(text: string): [number, number] {
  const [first = -1, last = first] = text.split("-").map((part) => (part ? Number(part) : -1));
  return [first, last];
}

/** As many rows as the words need: rows, not a style, which the content policy keeps htmx from carrying over a swap. */
function grow(node: unknown): void {
  if (!(node instanceof HTMLTextAreaElement) || !("grow" in node.dataset)) return;
  const most = Number(node.dataset.most ?? 40);
  const looks = getComputedStyle(node);
  const line = parseFloat(looks.lineHeight) || 22;
  node.rows = 1;
  const wanted = Math.round((node.scrollHeight - parseFloat(looks.paddingTop) - parseFloat(looks.paddingBottom)) / line);
  node.rows = Math.max(1, Math.min(wanted, most));
}

customElements.define("dd-review", ReviewElement);
