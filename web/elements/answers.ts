// <dd-answers data-person="…"> around the desk of a self-evaluation or its figures: every form[data-save] in it saves itself, only what
// changed, one after the other. What hasn't reached the server is kept in this browser; a lost connection is tried again; what somebody
// else changed at the same field is shown beside one's own. Also the keyboard, the tree's marks and finding in the tree.
import { icon, isWholePage, say, timeOfDay } from "../lib/dom";
import { dropDraft, readDraft, writeDraft } from "../lib/drafts";

const WAIT = 800;
const AGAIN = 4000;
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

class AnswersElement extends HTMLElement {
  private base = new WeakMap<HTMLFormElement, Map<string, string>>();
  private timer = 0;
  private running: Promise<boolean> | null = null;
  private halted = false;
  private lost = false;
  private stop = new AbortController();

  connectedCallback(): void {
    this.stop = new AbortController();
    const signal = this.stop.signal;
    this.addEventListener("input", (event) => this.typed(event.target), { signal });
    this.addEventListener("change", (event) => this.typed(event.target, 40), { signal });
    this.addEventListener("submit", (event) => this.submitted(event), { signal });
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    this.addEventListener("htmx:confirm", (event) => this.asked(event as CustomEvent), { signal });
    document.addEventListener("keydown", (event) => this.pressed(event), { signal });
    document.addEventListener("htmx:afterSettle", (event) => this.settled(event.target), { signal });
    window.addEventListener("online", () => this.later(50), { signal });
    window.addEventListener("pagehide", () => this.leave(), { signal });
    window.addEventListener("beforeunload", (event) => { if (!this.clean) event.preventDefault(); }, { signal });
    this.watch();
    this.reveal();
  }
  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    this.stop.abort();
  }

  private get forms(): HTMLFormElement[] {
    return Array.from(this.querySelectorAll<HTMLFormElement>("form[data-save]"));
  }
  private get clean(): boolean {
    return !this.running && this.forms.every((form) => this.changed(form).size === 0);
  }

  /** Takes what stands in the forms as what the server has, and offers what was left in this browser. */
  private watch(): void {
    this.halted = this.querySelector("[data-conflict]") !== null;
    for (const form of this.forms) {
      if (this.base.has(form)) continue;
      this.base.set(form, values(form));
      this.offer(form);
    }
  }

  private changed(form: HTMLFormElement): Map<string, string> {
    const base = this.base.get(form);
    return new Map([...values(form)].filter(([name, value]) => value !== (base?.get(name) ?? "")));
  }
  private key(form: HTMLFormElement): string {
    return `${this.dataset.person ?? "0"}:${new URL(form.action).pathname}:${form.dataset.code ?? ""}`;
  }

  private typed(target: EventTarget | null, wait = WAIT): void {
    const form = (target as Field | null)?.form;
    if (!form || !("save" in form.dataset)) return;
    const changed = this.changed(form);
    if (!changed.size) return dropDraft(this.key(form));
    const kept = writeDraft(this.key(form), [...changed]);
    this.tell(this.halted ? "没有保存" : kept ? "正在输入……" : "正在输入（本机不能留底）……", this.halted);
    this.later(wait);
  }

  private later(wait: number): void {
    window.clearTimeout(this.timer);
    if (!this.halted) this.timer = window.setTimeout(() => void this.flush(), wait);
  }

  /** Saves everything now; true when the server has it. */
  async flush(): Promise<boolean> {
    window.clearTimeout(this.timer);
    while (this.running) await this.running;
    if (this.halted) return this.clean;
    for (const form of this.forms) {
      while (this.changed(form).size) {
        this.running = this.save(form);
        const done = await this.running;
        this.running = null;
        if (!done) return false;
      }
    }
    return true;
  }

  private send(form: HTMLFormElement, changed: Map<string, string>, last = false): Promise<Response> {
    const body = new FormData();
    for (const field of form.querySelectorAll<HTMLInputElement>("input[type=hidden]")) body.set(field.name, field.value);
    for (const [name, value] of changed) {
      body.set(name, value);
      body.set(`w:${name}`, this.base.get(form)?.get(name) ?? "");
    }
    return fetch(form.action, { method: "POST", body, credentials: "same-origin", keepalive: last, headers: { "HX-Request": "true", "X-Save": "1" } });
  }

  private async save(form: HTMLFormElement): Promise<boolean> {
    const changed = this.changed(form);
    let response: Response;
    let text: string;
    try {
      response = await this.send(form, changed);
      text = await response.text();
    } catch {
      this.lost = true;
      this.tell(`网络中断，已存在本机 ${timeOfDay(new Date())}，恢复后自动保存`, true);
      this.later(AGAIN);
      return false;
    }
    if (response.status === 409 && text.includes("data-conflict")) return this.conflict(form, text);
    if (response.status >= 500) {
      this.tell(`服务器暂时没有响应，已存在本机 ${timeOfDay(new Date())}，稍后再试`, true);
      this.later(AGAIN);
      return false;
    }
    if (isWholePage(text) || !response.ok) return this.refused(form, response.status, isWholePage(text) ? "" : text);
    const answer = JSON.parse(text) as { revision: number; saved: string; values: Record<string, string> };
    const base = this.base.get(form) ?? new Map<string, string>();
    for (const [name, value] of changed) base.set(name, value);
    this.base.set(form, base);
    // What others wrote meanwhile into fields that nobody touches here is shown, and not written over.
    for (const [name, value] of Object.entries(answer.values)) {
      if (this.changed(form).has(name) || base.get(name) === value) continue;
      set(form, name, value);
      base.set(name, value);
    }
    this.fault(form, "");
    if (!this.changed(form).size) dropDraft(this.key(form));
    this.revise(form, String(answer.revision));
    this.tell(`${this.lost ? "网络已恢复，" : ""}已保存 ${answer.saved}`);
    this.lost = false;
    this.mark(form);
    document.body.dispatchEvent(new CustomEvent("dd:answered", { bubbles: true }));
    return true;
  }

  /** What can't be kept as it stands: the field says why, and what is typed next is tried again. */
  private refused(form: HTMLFormElement, status: number, words: string): boolean {
    this.tell("没有保存", true);
    if (status === 422) this.fault(form, words);
    else {
      this.halted = true;
      say(words || "登录已过期，您填的内容已存在本机。请重新登录后回到这一页继续。");
    }
    return false;
  }

  private fault(form: HTMLFormElement, words: string): void {
    form.querySelector("[data-fault]")?.remove();
    if (!words) return;
    const box = document.createElement("p");
    box.className = "dd-red dd-small mb-0";
    box.dataset.fault = "";
    box.setAttribute("role", "alert");
    box.textContent = words;
    form.append(box);
  }

  // Two at once

  private conflict(form: HTMLFormElement, html: string): boolean {
    this.halted = true;
    this.tell("没有保存：别人刚刚改了同一处", true);
    this.querySelector("[data-conflict]")?.remove();
    const box = document.createElement("template");
    box.innerHTML = html.trim();
    const panel = box.content.firstElementChild;
    if (!(panel instanceof HTMLElement)) return false;
    panel.dataset.form = form.dataset.code ?? "";
    const place = this.querySelector("[data-draft-offer]");
    place?.before(panel);
    panel.scrollIntoView({ block: "nearest" });
    panel.focus();
    return false;
  }

  /** Either version is taken; what is written over has been seen. */
  private settle(panel: HTMLElement, mine: boolean): void {
    const code = panel.dataset.form;
    const form = this.forms.find((one) => code === undefined || one.dataset.code === code);
    if (form) {
      const base = this.base.get(form) ?? new Map<string, string>();
      for (const row of panel.querySelectorAll<HTMLElement>("[data-field]")) {
        const name = row.dataset.field ?? "";
        base.set(name, row.dataset.theirs ?? "");
        if (!mine) set(form, name, row.dataset.theirs ?? "");
      }
      this.base.set(form, base);
      this.revise(form, panel.dataset.revision ?? "0");
      if (!this.changed(form).size) dropDraft(this.key(form));
    }
    panel.remove();
    this.halted = false;
    this.tell(mine ? "" : "已用对方的内容");
    if (form) this.mark(form);
    this.later(40);
  }

  private revise(form: HTMLFormElement, revision: string): void {
    const field = form.querySelector<HTMLInputElement>('input[name="revision"]');
    if (field) field.value = revision;
  }

  private offer(form: HTMLFormElement): void {
    const draft = readDraft(this.key(form));
    if (!draft) return;
    const now = values(form);
    const open = draft.values.filter(([name, value]) => now.has(name) && now.get(name) !== value);
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
      button.addEventListener("click", () => { box.remove(); run(); });
      return button;
    };
    box.append(icon("history"), words, act("恢复", () => {
      for (const [name, value] of open) set(form, name, value);
      this.later(40);
    }), act("丢弃", () => dropDraft(this.key(form))));
    this.querySelector("[data-draft-offer]")?.append(box);
  }

  private tell(words: string, trouble = false): void {
    const place = document.querySelector<HTMLElement>("[data-saved-at]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("is-trouble", trouble);
  }

  // Leaving

  private leave(): void {
    if (this.halted) return;
    for (const form of this.forms) if (this.changed(form).size) void this.send(form, this.changed(form), true).catch(() => undefined);
  }
  private asked(event: CustomEvent<{ issueRequest: (skip: boolean) => void }>): void {
    if (this.clean) return;
    event.preventDefault();
    void this.flush().then((clean) => {
      if (clean) event.detail.issueRequest(true);
    });
  }
  private submitted(event: Event): void {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !("save" in form.dataset)) return;
    event.preventDefault();
    void this.flush();
  }

  private clicked(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const panel = event.target.closest<HTMLElement>("[data-conflict]");
    if (panel && event.target.closest("[data-keep-mine]")) return this.settle(panel, true);
    if (panel && event.target.closest("[data-take-theirs]")) return this.settle(panel, false);
    const fill = event.target.closest<HTMLElement>("[data-fill]");
    if (fill) {
      const field = fill.parentElement?.querySelector<HTMLInputElement>("input");
      if (field) this.put(field, fill.dataset.fill ?? "");
    }
    if (event.target.closest("[data-use-last]")) {
      const field = this.querySelector<HTMLTextAreaElement>('textarea[name="text"]');
      const words = this.querySelector<HTMLElement>("[data-last-text]")?.innerText ?? "";
      if (field) this.put(field, field.value.trim() ? `${field.value.trimEnd()}\n${words}` : words);
    }
  }
  private put(field: HTMLInputElement | HTMLTextAreaElement, value: string): void {
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  }

  // Tree

  private settled(target: EventTarget | null): void {
    const pane = this.querySelector<HTMLElement>("#answer-at");
    if (!pane || !(target instanceof Node) || !(target === pane || pane.contains(target) || target.contains(pane))) return;
    const at = pane.dataset.at ?? "";
    this.watch();
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
    const now = values(form);
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
    const target = event.target;
    if (!(target instanceof HTMLElement) || event.isComposing || document.querySelector("dialog[open]")) return;
    if (target.matches("[data-find]")) {
      if (event.key === "Escape") target.blur();
      window.setTimeout(() => this.find((target as HTMLInputElement).value), 0);
      return;
    }
    const typing = target.closest("textarea, select, input:not([type=radio])");
    if (typing) {
      if (event.key === "Escape") target.blur();
      else if (event.key === "Enter" && event.ctrlKey && this.contains(target)) { event.preventDefault(); this.hit("next"); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
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

/** What stands in a form, by name: of a group of radio buttons the chosen one, «» for none. */
function values(form: HTMLFormElement): Map<string, string> {
  const found = new Map<string, string>();
  for (const field of Array.from(form.elements)) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)) continue;
    if (!field.name || field.type === "hidden") continue;
    if (field instanceof HTMLInputElement && field.type === "radio") {
      if (field.checked) found.set(field.name, field.value);
      else if (!found.has(field.name)) found.set(field.name, "");
    } else found.set(field.name, field.value);
  }
  return found;
}

function set(form: HTMLFormElement, name: string, value: string): void {
  for (const field of Array.from(form.elements)) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)) continue;
    if (field.name !== name) continue;
    if (field instanceof HTMLInputElement && field.type === "radio") field.checked = field.value === value;
    else field.value = value;
  }
}

customElements.define("dd-answers", AnswersElement);
