// Forms that save themselves. Every form[data-save] in a root is sent in the background, one after the other, once its person pauses:
//   data-save           what changed, with what stood there before (w:name), so that two people may fill in one form
//   data-save="whole"   all of it, under a token: sent again it is the same save
//   data-save="press"   the same, but only when its button is pressed
// data-code (and data-of) name a form among those of the same address. Nothing typed is lost: what hasn't reached the server is kept in this
// browser. A lost connection, a silent server, an ended session are tried again; what was refused stays, with the reason, until it
// was changed, tried again or thrown away. Where the root names its data-desk, whatever waits there is sent from any of its pages.
import htmx from "htmx.org";
import { csrf, isWholePage, say, signedIn, timeOfDay, token } from "./dom";
import { draftsAt, dropDraft, offerBox, readDraft, writeDraft, type Draft, type Pairs } from "./drafts";
import { hiddenOf, setValue, valuesOf } from "./fields";

const WAIT = 1000;
const SOON = 40;
const AGAIN = 5000;

export interface Saved {
  revision?: number;
  saved?: string;
  /** What stands in the form's fields now: taken over where nobody has touched them. */
  values?: Record<string, string>;
}
interface State {
  base: Map<string, string>;
  token: string;
  sent: string;
  refused: boolean;
}
/** One form on its way, or what an earlier page left on its way. */
interface Job {
  key: string;
  form: HTMLFormElement | null;
  url: string;
  values: Pairs;
  hidden: Pairs;
  token: string;
}

export class Autosave<Answer extends Saved> {
  private states = new WeakMap<HTMLFormElement, State>();
  private timer = 0;
  private running: Promise<void> | null = null;
  private trouble = false;
  private lost = false;
  private expired = false;
  private contested: HTMLFormElement | null = null;

  /** `saved` shows what came of a save; `pressed` follows a form's own button, in place of saving all. */
  constructor(
    private readonly root: HTMLElement,
    signal: AbortSignal,
    private readonly saved: (answer: Answer, form: HTMLFormElement | null) => void,
    private readonly pressed: () => void = () => void this.flush(),
  ) {
    root.addEventListener("input", (event) => this.typed(event.target, WAIT), { signal });
    root.addEventListener("change", (event) => this.typed(event.target, SOON), { signal });
    root.addEventListener("submit", (event) => this.submitted(event), { signal });
    root.addEventListener("click", (event) => this.clicked(event), { signal });
    root.addEventListener("htmx:confirm", (event) => this.asked(event as CustomEvent), { signal });
    window.addEventListener("online", () => this.later(SOON), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.later(SOON), { signal });
    window.addEventListener("pagehide", () => this.leave(), { signal });
    window.addEventListener("beforeunload", (event) => {
      if ((this.trouble || this.lost) && !this.clean && !("quiet" in root.dataset)) event.preventDefault();
    }, { signal });
    signal.addEventListener("abort", () => window.clearTimeout(this.timer));
    this.watch();
    for (const [key, draft] of this.left(true)) this.offer(this.formOf(key), key, draft);
    this.later(SOON);
  }

  /** Takes what the page came with as what the server has, and brings back what was left in this browser. */
  watch(): void {
    const panel = this.root.querySelector<HTMLElement>("[data-conflict]");
    if (!panel || !this.contested?.isConnected) this.contested = panel ? (this.forms[0] ?? null) : null;
    for (const form of this.forms) {
      if (this.states.has(form)) continue;
      this.states.set(form, { base: valuesOf(form, true), token: token(), sent: "", refused: form === this.contested });
      this.recall(form);
    }
  }

  get clean(): boolean {
    return !this.running && this.forms.every((form) => !this.changed(form).length);
  }

  /** Saves everything now, what was refused before as well; true when the server has it. */
  async flush(): Promise<boolean> {
    for (const form of this.forms) if (form !== this.contested) this.state(form).refused = false;
    while (this.running) await this.running;
    await this.pump();
    return this.clean;
  }

  /** Values that changed along on the server, for fields that nobody has touched here. */
  follow(form: HTMLFormElement, values: Record<string, string>): void {
    const { base } = this.state(form);
    const touched = new Set(this.changed(form).map(([name]) => name));
    for (const [name, value] of Object.entries(values)) {
      if (!base.has(name) || touched.has(name) || base.get(name) === value) continue;
      base.set(name, value);
      setValue(form, name, value);
    }
  }

  tell(words: string, trouble = false): void {
    this.trouble = trouble;
    const place = document.querySelector<HTMLElement>("[data-saved]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("is-trouble", trouble);
  }

  // What is to be saved

  private get forms(): HTMLFormElement[] {
    return Array.from(this.root.querySelectorAll<HTMLFormElement>("form[data-save]"));
  }
  private state(form: HTMLFormElement): State {
    if (!this.states.has(form)) this.watch();
    return this.states.get(form) as State;
  }
  private changed(form: HTMLFormElement): Pairs {
    if (form.dataset.save === "press") return [];
    const { base } = this.state(form);
    return [...valuesOf(form)].filter(([name, value]) => value !== (base.get(name) ?? ""));
  }
  private key(form: HTMLFormElement): string {
    return [document.body.dataset.person, new URL(form.action).pathname, form.dataset.code, form.dataset.of].filter(Boolean).join(":");
  }
  private formOf(key: string): HTMLFormElement | null {
    const whole = (form: HTMLFormElement): string => this.key(form) + (form.dataset.save === "press" ? ":" : "");
    return this.forms.find((form) => (form.dataset.save === "press" ? key.startsWith(whole(form)) : key === whole(form))) ?? null;
  }
  /** What waits at this desk without a form on this page: to be sent, or refused. */
  private left(refused = false): [string, Draft][] {
    if (!this.root.dataset.desk) return [];
    const all = draftsAt(`${document.body.dataset.person}:${this.root.dataset.desk}`);
    const loose = (key: string): boolean => (this.formOf(key)?.dataset.save ?? "press") === "press";
    return all.filter(([key, draft]) => draft.send && Boolean(draft.refused) === refused && loose(key));
  }

  private next(): Job | null {
    for (const form of this.forms) {
      if (!this.state(form).refused && this.changed(form).length) return this.job(form);
    }
    const [key, draft] = this.left()[0] ?? [];
    return key && draft?.send ? { key, form: this.formOf(key), values: draft.values, ...draft.send } : null;
  }
  private job(form: HTMLFormElement): Job {
    const state = this.state(form);
    const values = form.dataset.save ? [...valuesOf(form)] : this.changed(form);
    // Another content is another save, the same one is not.
    const sent = JSON.stringify(values);
    if (sent !== state.sent) Object.assign(state, { sent, token: token() });
    // Without the token against forged requests: what waits may go out under a later session than its form's, with the page's own.
    const fields = Array.from(hiddenOf(form).values()).filter((field) => field.name !== "csrfmiddlewaretoken");
    const hidden = fields.map((field): [string, string] => [field.name, field.value]);
    if (!form.dataset.save) hidden.push(...values.map(([name]): [string, string] => [`w:${name}`, state.base.get(name) ?? ""]));
    return { key: this.key(form), form, url: form.action, values, hidden, token: state.token };
  }
  private keep(job: Job, refused?: string): boolean {
    const send = job.form?.dataset.save === "" ? {} : { send: { url: job.url, hidden: job.hidden, token: job.token } };
    return writeDraft(job.key, job.values, refused ? { ...send, refused } : send);
  }

  // When it is saved

  private typed(target: EventTarget | null, wait: number): void {
    const form = (target as HTMLInputElement | null)?.form;
    if (!form || !this.forms.includes(form) || form.dataset.save === "press") return;
    this.state(form).refused = form === this.contested;
    if (!this.changed(form).length) return dropDraft(this.key(form));
    const kept = this.keep(this.job(form));
    if (form === this.contested) this.tell("没有保存", true);
    else this.tell(kept ? "正在输入……" : "正在输入（本机不能留底）……", !kept);
    this.later(wait);
  }

  private submitted(event: Event): void {
    const form = event.target as HTMLFormElement;
    if (!this.forms.includes(form) || form.matches("[hx-post]")) return;
    if ((event as SubmitEvent).submitter?.matches("[data-plain]")) return this.give(form);
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.save === "press") {
      for (const [key] of this.left(true)) if (this.formOf(key) === form) dropDraft(key);
      const job = this.job(form);
      this.keep({ ...job, key: `${job.key}:${job.token}` });
      form.querySelector<HTMLButtonElement>("button[type=submit]")?.setAttribute("disabled", "");
    }
    this.tell("正在保存……");
    this.pressed();
  }

  private clicked(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const fill = event.target.closest<HTMLElement>("[data-fill]");
    const field = (fill?.closest("[data-input]") ?? fill?.parentElement)?.querySelector("input");
    if (fill && field) {
      field.value = fill.dataset.fill ?? "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const panel = event.target.closest<HTMLElement>("[data-conflict]");
    if (!panel?.isConnected) return;
    if (event.target.closest("[data-keep-mine]")) {
      event.preventDefault();
      this.settle(panel, true);
    } else if (event.target.closest("[data-take-theirs]")) this.settle(panel, false);
  }

  /** Words on their way to the server go first: nothing typed may be lost to a swap. */
  private asked(event: CustomEvent<{ elt: Element; issueRequest: (skip: boolean) => void }>): void {
    const panel = event.detail.elt.matches("[data-take-theirs]") ? event.detail.elt.closest<HTMLElement>("[data-conflict]") : null;
    if (panel) this.settle(panel, false);
    if (this.clean) return;
    event.preventDefault();
    void this.flush().then((clean) => {
      if (clean) event.detail.issueRequest(true);
    });
  }

  private leave(): void {
    for (const form of this.forms) {
      if (this.state(form).refused || !this.changed(form).length) continue;
      void this.post(this.job(form), true).catch(() => undefined);
    }
  }

  private later(wait: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.pump(), wait);
  }
  private pump(): Promise<void> {
    window.clearTimeout(this.timer);
    return (this.running ??= this.work().finally(() => (this.running = null)));
  }
  private async work(): Promise<void> {
    for (let job = this.next(); job; job = this.next()) if (!(await this.send(job))) return;
  }

  // How it is saved

  private post(job: Job, last = false): Promise<Response> {
    const body = new FormData();
    for (const [name, value] of [...job.hidden, ...job.values]) body.append(name, value);
    body.set("form_token", job.token);
    body.set("do", "save");
    const headers = { "HX-Request": "true", "X-Save": "1", "X-CSRFToken": csrf() };
    return fetch(job.url, { method: "POST", body, credentials: "same-origin", keepalive: last, headers });
  }

  /** Nothing of it is sent while nobody, or somebody else, is signed in. False where it is no use to go on now. */
  private async send(job: Job, again = true): Promise<boolean> {
    let response: Response;
    let text: string;
    try {
      response = await this.post(job);
      text = await response.text();
    } catch {
      return this.wait(`网络中断，已存在本机 ${timeOfDay(new Date())}，恢复后自动保存`);
    }
    if (response.status >= 500) return this.wait(`服务器暂时没有响应，已存在本机 ${timeOfDay(new Date())}，稍后自动再试`);
    if (response.status === 403 || isWholePage(text)) {
      const person = await signedIn();
      if (person === null) return this.wait(`网络中断，已存在本机 ${timeOfDay(new Date())}，恢复后自动保存`);
      if (person !== document.body.dataset.person) return this.ended();
      if (again) return this.send(job, false);
      if (isWholePage(text)) return this.ended();
    }
    if (response.status === 409 && job.form && text.includes("data-conflict")) return this.conflict(job.form, text);
    if (response.ok) this.done(job, JSON.parse(text) as Answer);
    else this.refused(job, (response.status === 404 && this.root.dataset.gone) || text);
    return true;
  }

  private wait(words: string): boolean {
    this.lost = true;
    this.tell(words, true);
    this.later(AGAIN);
    return false;
  }

  /** The session is over: tried again when its person comes back to this page, or types on. */
  private ended(): boolean {
    this.tell("登录已过期，已存在本机，请重新登录后回到这一页", true);
    if (!this.expired) say("登录已过期，您填的内容已存在本机。请重新登录后回到这一页继续。");
    this.expired = true;
    return false;
  }

  private done(job: Job, answer: Answer): void {
    const { form } = job;
    if (form && form.dataset.save !== "press") {
      const state = this.state(form);
      for (const [name, value] of job.values) state.base.set(name, value);
      state.sent = "";
      this.revise(form, answer.revision);
      fault(form, "");
      if (answer.values) this.follow(form, answer.values);
    }
    if (form && this.changed(form).length) this.keep(this.job(form));
    else dropDraft(job.key);
    this.tell(`${this.lost ? "网络已恢复，" : ""}已保存 ${answer.saved ?? timeOfDay(new Date())}`);
    this.lost = this.expired = false;
    this.saved(answer, form);
  }

  /** What can't be kept as it stands: the form says why, and what is typed next is tried again. It stays in this browser. */
  private refused(job: Job, words: string): void {
    this.tell("没有保存", true);
    this.keep(job, words);
    const draft = readDraft(job.key);
    if (!job.form) return draft ? this.offer(null, job.key, draft) : say(words);
    this.state(job.form).refused = true;
    job.form.querySelector("button[type=submit]")?.removeAttribute("disabled");
    fault(job.form, words);
  }

  // Two at once

  private conflict(form: HTMLFormElement, html: string): boolean {
    this.contested = form;
    this.state(form).refused = true;
    this.tell("没有保存：别人刚刚改了同一处", true);
    this.root.querySelector("[data-conflict]")?.remove();
    const box = document.createElement("template");
    box.innerHTML = html.trim();
    const panel = box.content.firstElementChild as HTMLElement;
    this.root.querySelector("[data-draft-offer]")?.before(panel);
    htmx.process(panel);
    panel.scrollIntoView({ block: "nearest" });
    panel.focus();
    return false;
  }

  /** Either version is taken; what is written over has been seen. */
  private settle(panel: HTMLElement, mine: boolean): void {
    const form = this.contested;
    this.contested = null;
    panel.remove();
    if (!form) return;
    const state = this.state(form);
    state.refused = false;
    for (const row of panel.querySelectorAll<HTMLElement>("[data-field]")) {
      const { field = "", theirs = "" } = row.dataset;
      state.base.set(field, theirs);
      if (!mine) setValue(form, field, theirs);
    }
    this.revise(form, panel.dataset.revision);
    if (!this.changed(form).length) dropDraft(this.key(form));
    this.tell(mine ? "" : "已用对方的内容");
    this.later(SOON);
  }

  /** The forms in one [data-one-revision] are parts of one object. */
  private revise(form: HTMLFormElement, revision: number | string | undefined): void {
    const forms = form.closest("[data-one-revision]")?.querySelectorAll<HTMLFormElement>("form[data-save]") ?? [form];
    for (const one of revision === undefined ? [] : forms) {
      const field = hiddenOf(one).get("revision");
      if (field) field.value = String(revision);
    }
  }

  // What was left in this browser

  private give(form: HTMLFormElement): void {
    this.state(form).base = valuesOf(form);
    dropDraft(this.key(form));
  }

  private recall(form: HTMLFormElement): void {
    const key = this.key(form);
    const draft = form.dataset.save === "press" ? null : readDraft(key);
    if (!draft) return;
    const now = valuesOf(form);
    const values = draft.values.filter(([name, value]) => now.has(name) && now.get(name) !== value);
    if (!values.length) return dropDraft(key);
    if (!draft.send || draft.refused) return this.offer(form, key, { ...draft, values });
    for (const [name, value] of values) setValue(form, name, value);
    Object.assign(this.state(form), { token: draft.send.token, sent: JSON.stringify([...valuesOf(form)]) });
    this.tell("恢复了本机没保存的内容，正在保存……");
  }

  private offer(form: HTMLFormElement | null, key: string, draft: Draft): void {
    const name = form?.dataset.code ?? key.split(":")[2] ?? "";
    const words = draft.refused
      ? `${name && `“${name}”`}没有保存：${draft.refused}您填的还保存在本机。`
      : `本机有未保存的内容（${timeOfDay(new Date(draft.at))}）。`;
    const back = (): void => {
      if (!form) {
        writeDraft(key, draft.values, draft.send ? { send: draft.send } : {});
        return this.later(SOON);
      }
      form.closest("details")?.setAttribute("open", "");
      for (const [name, value] of draft.values) setValue(form, name, value);
      if (form.dataset.save === "press") return;
      this.state(form).refused = false;
      this.later(SOON);
    };
    this.root.querySelector("[data-draft-offer]")?.append(offerBox(words, { [form ? "恢复" : "再试一次"]: back, 丢弃: () => dropDraft(key) }));
  }
}

function fault(form: HTMLFormElement, words: string): void {
  form.querySelector("[data-fault]")?.remove();
  const place = form.querySelector("[data-lacks]");
  if (place && words) place.textContent = words;
  if (place || !words) return;
  const said = document.createElement("p");
  said.className = "dd-red dd-small mb-0";
  said.dataset.fault = "";
  said.setAttribute("role", "alert");
  said.textContent = words;
  form.append(said);
}
