// <dd-marking data-save="…"> around the reviewer's desk: saves a mark as soon as it is pressed or typed, says what it comes to, and
// drives the desk by keyboard. What hasn't reached the server is kept in this browser and sent again.
import { isWholePage, timeOfDay } from "../lib/dom";
import { dropDraft, readDraft, writeDraft } from "../lib/drafts";
import { token } from "../lib/token";

const WAIT = 1500;
const AGAIN = 5000;
interface Saved {
  revision: number;
  saved: string;
  code: string;
  result: string;
  lacks: string;
  why: string;
  done: number;
  total: number;
}
type Field = HTMLInputElement | HTMLTextAreaElement;

class MarkingElement extends HTMLElement {
  private timer = 0;
  private running: Promise<boolean> | null = null;
  private base = "";
  private stop = new AbortController();

  connectedCallback(): void {
    this.stop = new AbortController();
    const signal = this.stop.signal;
    this.querySelector(".mk-tree .is-current")?.scrollIntoView({ block: "nearest" });
    document.addEventListener("keydown", (event) => this.pressed(event), { signal });
    const form = this.form;
    if (!form) return;
    this.base = this.state;
    this.offer();
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    this.addEventListener("input", (event) => this.typed(event), { signal });
    form.addEventListener("submit", (event) => this.sent(event), { signal });
    window.addEventListener("online", () => this.later(50), { signal });
    window.addEventListener("beforeunload", (event) => {
      if (this.changed) event.preventDefault();
    }, { signal });
  }
  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    this.stop.abort();
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector<HTMLFormElement>("form[data-mark]");
  }
  private get fields(): Field[] {
    return Array.from(this.form?.elements ?? []).filter(
      (node): node is Field => (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) && node.type !== "hidden",
    );
  }
  private get values(): [string, string][] {
    return this.fields.filter((field) => field.type !== "radio" || (field as HTMLInputElement).checked).map((field) => [field.name, field.value]);
  }
  private get state(): string {
    return JSON.stringify(this.values);
  }
  private get changed(): boolean {
    return this.form !== null && this.state !== this.base;
  }
  private get key(): string {
    return `${this.dataset.save}:${this.hidden_("code")}`;
  }
  private hidden_(name: string): string {
    return this.form?.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.value ?? "";
  }

  // ---- saving ----

  private typed(event: Event): void {
    if (!(event.target as Field).form?.matches("form[data-mark]")) return;
    writeDraft(this.key, this.values);
    this.tell("正在输入……");
    this.later((event.target as Field).type === "radio" ? 0 : WAIT);
  }

  private later(wait: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), wait);
  }

  /** True when the server has everything. */
  private async flush(): Promise<boolean> {
    window.clearTimeout(this.timer);
    while (this.running) await this.running;
    if (!this.changed) return true;
    this.running = this.save();
    const done = await this.running;
    this.running = null;
    return done;
  }

  private async save(): Promise<boolean> {
    const form = this.form;
    if (!form) return true;
    const sent = this.state;
    const body = new FormData(form);
    body.set("form_token", token());
    let response: Response;
    let text: string;
    try {
      response = await fetch(form.action, { method: "POST", body, credentials: "same-origin", headers: { "HX-Request": "true", "X-Save": "1" } });
      text = await response.text();
    } catch {
      this.tell(`网络中断，已存在本机 ${timeOfDay(new Date())}，恢复后自动保存`, true);
      this.later(AGAIN);
      return false;
    }
    if (response.status >= 500) {
      this.tell(`服务器暂时没有响应，评分已存在本机 ${timeOfDay(new Date())}，稍后自动再试`, true);
      this.later(AGAIN);
      return false;
    }
    if (response.status === 404) {
      this.tell("没有保存：这项任务已改派、撤销，或者您的任用已经结束，请联系督导办", true);
      return false;
    }
    if (isWholePage(text) || !response.ok) {
      this.tell(isWholePage(text) ? "登录已过期，评分已存在本机，请重新登录后回到这一页" : text, true);
      return false;
    }
    const answer = JSON.parse(text) as Saved;
    this.base = sent;
    if (!this.changed) dropDraft(this.key);
    const revision = form.querySelector<HTMLInputElement>('input[name="revision"]');
    if (revision) revision.value = String(answer.revision);
    this.show(answer);
    return true;
  }

  private show(answer: Saved): void {
    this.tell(`已保存 ${answer.saved}`);
    this.put("[data-result]", answer.result || "—");
    this.put("[data-lacks]", answer.lacks);
    this.put("[data-why]", answer.why);
    this.put("[data-done]", String(answer.done));
    const row = this.querySelector(`.mk-tree a[data-code="${CSS.escape(answer.code)}"]`);
    const result = row?.querySelector(".mk-result");
    if (result) result.textContent = answer.result;
    const use = row?.querySelector("use");
    const name = answer.lacks === "" ? "circle-check" : answer.lacks === "未评" ? "circle-dashed" : "circle-half-2";
    use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#${name}`));
    const word = row?.querySelector(".visually-hidden");
    if (word) word.textContent = answer.lacks || "已评";
  }

  private put(where: string, words: string): void {
    const node = this.querySelector(where);
    if (node) node.textContent = words;
  }

  private offer(): void {
    const draft = readDraft(this.key);
    if (!draft || JSON.stringify(draft.values) === this.base) return dropDraft(this.key);
    for (const [name, value] of draft.values) {
      for (const field of this.fields) {
        if (field.name !== name) continue;
        if (field.type === "radio") (field as HTMLInputElement).checked = field.value === value;
        else field.value = value;
      }
    }
    this.tell("恢复了本机没保存的评分，正在保存……");
    this.later(50);
  }

  private tell(words: string, trouble = false): void {
    const place = this.querySelector<HTMLElement>("[data-saved]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("is-trouble", trouble);
  }

  // ---- going on ----

  private sent(event: SubmitEvent): void {
    const button = event.submitter;
    if (button instanceof HTMLButtonElement && "plain" in button.dataset) {
      this.base = this.state;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.forward();
  }

  private async forward(): Promise<void> {
    if (!(await this.flush())) return;
    const lacks = this.querySelector("[data-lacks]")?.textContent ?? "";
    if (lacks === "缺理由") {
      this.tell("这个评分要写理由", true);
      this.form?.querySelector("textarea")?.focus();
      return;
    }
    this.go("[data-next]");
  }

  private go(where: string): void {
    const link = this.querySelector<HTMLAnchorElement>(where);
    if (!link) return this.tell(where === "[data-next]" ? "已经是最后一项" : "已经是第一项");
    void this.flush().then((done) => {
      if (done) location.assign(link.href);
    });
  }

  private clicked(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    const fill = target?.closest<HTMLElement>("[data-fill]");
    if (fill) return this.fill(fill);
    const link = target?.closest<HTMLAnchorElement>("a[href]");
    if (link && this.changed && !event.defaultPrevented && link.target !== "_blank" && !link.hash && !(event as MouseEvent).ctrlKey && !(event as MouseEvent).metaKey) {
      event.preventDefault();
      void this.flush().then((done) => {
        if (done) location.assign(link.href);
      });
    }
  }

  private fill(button: HTMLElement): void {
    const field = button.closest("[data-input]")?.querySelector<HTMLInputElement>("input");
    if (!field) return;
    field.value = button.dataset.fill ?? "";
    writeDraft(this.key, this.values);
    this.later(0);
  }

  private pressed(event: KeyboardEvent): void {
    const target = event.target;
    if (!(target instanceof HTMLElement) || event.isComposing || document.querySelector("dialog[open]")) return;
    const typing = target.matches("textarea, select, input:not([type=radio])");
    if (event.key === "Escape" && typing) return target.blur();
    if (event.ctrlKey && event.key === "Enter" && this.form) {
      event.preventDefault();
      return void this.forward();
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[1-9]$/.test(event.key)) return this.choose(Number(event.key), event);
    const acts: Record<string, () => void> = {
      j: () => this.go("[data-next]"),
      k: () => this.go("[data-previous]"),
      s: () => void this.forward(),
      r: () => this.form?.querySelector("textarea")?.focus(),
    };
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** The n-th value of the first question without an answer (of the one in focus, if one is). */
  private choose(key: number, event: KeyboardEvent): void {
    const inputs = Array.from(this.querySelectorAll<HTMLElement>("[data-mark] [data-input]"));
    const focused = document.activeElement?.closest<HTMLElement>("[data-input]");
    const open = inputs.find((one) => !one.querySelector("input:checked") && one.querySelector("input[type=radio]"));
    const place = focused ?? (inputs.length === 1 ? inputs[0] : open);
    const found = place?.querySelector<HTMLElement>(`[data-key="${key}"]`);
    if (!found) return;
    event.preventDefault();
    if (found instanceof HTMLInputElement) {
      found.checked = true;
      found.dispatchEvent(new Event("input", { bubbles: true }));
    } else this.fill(found);
    const next = inputs[inputs.indexOf(place as HTMLElement) + 1];
    if (focused && next) next.querySelector<HTMLElement>("input")?.focus();
  }
}

customElements.define("dd-marking", MarkingElement);
