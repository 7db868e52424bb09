// Saves what is typed on the review screen: in the background, one form after the other, only what changed. What hasn't reached the
// server is kept in this browser; a lost connection is tried again, another person's change is shown beside one's own.
import htmx from "htmx.org";
import { icon, isWholePage, say, timeOfDay } from "../lib/dom";
import { dropDraft, readDraft, writeDraft } from "../lib/drafts";

const WAIT = 900;
const AGAIN = 5000;
type Field = HTMLInputElement | HTMLTextAreaElement;
interface Saved {
  revision: number;
  saved: string;
  name: string;
  words?: Record<string, string>;
  items?: Record<string, string>;
}

export class Saver {
  private base = new WeakMap<Field, string>();
  private timer = 0;
  private running: Promise<boolean> | null = null;
  private halted = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly person: string,
    signal: AbortSignal,
  ) {
    root.addEventListener("input", (event) => this.typed(event.target), { signal });
    root.addEventListener("focusout", () => this.later(50), { signal });
    window.addEventListener("online", () => this.later(50), { signal });
    window.addEventListener("pagehide", () => this.leave(), { signal });
    window.addEventListener("beforeunload", (event) => {
      if (this.halted && !this.clean) event.preventDefault();
    }, { signal });
  }

  /** Takes the words on the screen as those of the server, and offers what was left in this browser. */
  watch(): void {
    this.halted = false;
    for (const form of this.forms) {
      for (const field of fields(form)) if (!this.base.has(field)) this.base.set(field, field.defaultValue);
      this.offer(form);
    }
    if (this.root.querySelector("[data-conflict]")) this.halted = true;
  }

  get clean(): boolean {
    return !this.running && this.forms.every((form) => this.changed(form).length === 0);
  }

  /** Saves everything now; true when the server has it. */
  async flush(): Promise<boolean> {
    window.clearTimeout(this.timer);
    while (this.running) await this.running;
    for (const form of this.forms) {
      if (!this.changed(form).length) continue;
      this.running = this.save(form);
      const done = await this.running;
      this.running = null;
      if (!done) return false;
    }
    return true;
  }

  /** One's own words stay and are saved over the other's. */
  keepMine(): void {
    const conflict = this.root.querySelector<HTMLElement>("[data-conflict]");
    if (conflict) this.revise(conflict.dataset.revision ?? "");
    for (const form of this.forms) this.settle(form);
    this.halted = false;
  }

  /** Gives up what was typed here for what stands on the server. */
  drop(): void {
    for (const form of this.forms) this.settle(form);
    this.halted = false;
  }

  private get forms(): HTMLFormElement[] {
    return Array.from(this.root.querySelectorAll<HTMLFormElement>("form[data-save]"));
  }
  private changed(form: HTMLFormElement): Field[] {
    return fields(form).filter((field) => field.value !== (this.base.get(field) ?? field.defaultValue));
  }
  private key(form: HTMLFormElement): string {
    return `${this.person}:${new URL(form.action).pathname}`;
  }
  private settle(form: HTMLFormElement): void {
    for (const field of fields(form)) this.base.set(field, field.value);
    dropDraft(this.key(form));
  }

  private typed(target: EventTarget | null): void {
    const form = (target as Field | null)?.form;
    if (!form || !("save" in form.dataset)) return;
    const changed = this.changed(form);
    if (!changed.length) return dropDraft(this.key(form));
    writeDraft(this.key(form), changed.map((field) => [field.name, field.value]));
    this.tell("正在输入……");
    this.later(WAIT);
  }

  private later(wait: number): void {
    window.clearTimeout(this.timer);
    if (this.halted) return;
    this.timer = window.setTimeout(() => void this.flush(), wait);
  }

  private leave(): void {
    if (this.halted) return;
    for (const form of this.forms) if (this.changed(form).length) void this.send(form, this.changed(form), true).catch(() => undefined);
  }

  private send(form: HTMLFormElement, changed: Field[], last = false): Promise<Response> {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "revision"]) body.set(name, form.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.value ?? "");
    body.set("do", "save");
    for (const field of changed) body.set(field.name, field.value);
    return fetch(form.action, { method: "POST", body, credentials: "same-origin", keepalive: last, headers: { "HX-Request": "true", "X-Save": "1" } });
  }

  private async save(form: HTMLFormElement): Promise<boolean> {
    const changed = this.changed(form);
    const sent = changed.map((field) => field.value);
    let response: Response;
    let text: string;
    try {
      response = await this.send(form, changed);
      text = await response.text();
    } catch {
      this.tell(`网络中断，已存在本机 ${timeOfDay(new Date())}，恢复后自动保存`, true);
      this.later(AGAIN);
      return false;
    }
    if (response.status === 409 && text.includes("data-conflict")) return this.conflict(text);
    if (isWholePage(text) || !response.ok) {
      this.halted = true;
      this.tell("没有保存，文字已存在本机", true);
      say(isWholePage(text) ? "登录已过期，您输入的文字已存在本机。请重新登录后回到这一页继续。" : text);
      return false;
    }
    const answer = JSON.parse(text) as Saved;
    changed.forEach((field, place) => this.base.set(field, sent[place] ?? ""));
    if (!this.changed(form).length) dropDraft(this.key(form));
    this.revise(String(answer.revision));
    this.follow(answer);
    this.tell(`已保存 ${answer.saved}`);
    return true;
  }

  private conflict(html: string): boolean {
    this.halted = true;
    this.tell("没有保存：别人刚刚改了这一条", true);
    this.root.querySelector("[data-conflict]")?.remove();
    const box = document.createElement("template");
    box.innerHTML = html.trim();
    const panel = box.content.firstElementChild;
    if (!(panel instanceof HTMLElement)) return false;
    this.root.querySelector("#review-at .rv-pane-head")?.after(panel);
    htmx.process(panel);
    panel.focus();
    return false;
  }

  /** Number, words and pieces belong together: the server says what changed along. */
  private follow(answer: Saved): void {
    const set = (field: Field | null | undefined, value: string): void => {
      if (!field || field.value !== (this.base.get(field) ?? field.value) || field.value === value) return;
      field.value = value;
      this.base.set(field, value);
      field.dispatchEvent(new CustomEvent("dd:filled", { bubbles: true }));
    };
    for (const [name, value] of Object.entries(answer.words ?? {})) set(this.root.querySelector<Field>(`#words [name="${name}"]`), value);
    for (const form of this.forms) {
      const item = /items\/(\d+)\/$/.exec(new URL(form.action).pathname)?.[1];
      const value = item ? answer.items?.[item] : undefined;
      if (value !== undefined) set(form.querySelector<Field>('[name="text"]'), value);
    }
    const name = this.root.querySelector(".rv-tree .is-current .rv-name");
    if (name) name.textContent = answer.name;
  }

  private revise(revision: string): void {
    for (const form of this.forms) {
      const field = form.querySelector<HTMLInputElement>('input[name="revision"]');
      if (field) field.value = revision;
    }
  }

  private offer(form: HTMLFormElement): void {
    const draft = readDraft(this.key(form));
    if (!draft) return;
    const open = fields(form).filter((field) => draft.values.some(([name, value]) => name === field.name && value !== field.value));
    if (!open.length) return dropDraft(this.key(form));
    const box = document.createElement("div");
    box.className = "dd-message is-warning";
    const words = document.createElement("div");
    words.textContent = `这台电脑上有没保存的修改（${timeOfDay(new Date(draft.at))}）。`;
    const act = (label: string, run: () => void): HTMLButtonElement => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-plain btn-slim";
      button.textContent = label;
      button.addEventListener("click", () => {
        box.remove();
        run();
      });
      return button;
    };
    box.append(icon("history"), words, act("恢复", () => {
      for (const field of open) {
        field.value = draft.values.find(([name]) => name === field.name)?.[1] ?? field.value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }), act("丢弃", () => dropDraft(this.key(form))));
    this.root.querySelector("[data-draft-offer]")?.replaceChildren(box);
  }

  private tell(words: string, trouble = false): void {
    const place = this.root.querySelector<HTMLElement>("[data-saved]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("is-trouble", trouble);
  }
}

function fields(form: HTMLFormElement): Field[] {
  return Array.from(form.elements).filter(
    (node): node is Field => (node instanceof HTMLTextAreaElement || node instanceof HTMLInputElement) && node.type !== "hidden" && node.name !== "",
  );
}
