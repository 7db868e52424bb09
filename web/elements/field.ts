// <dd-field data-key="…"> around the page that a team works with on a phone: sends marks, records and photos in the background, each
// with a token of its own, so that what is sent again over a bad network is the same save. What is waiting is kept in this browser.
import { isWholePage, say, timeOfDay } from "../lib/dom";
import { token } from "../lib/token";

const AGAIN = 5000;
interface Waiting {
  url: string;
  values: [string, string][];
  token: string;
}
interface Saved {
  revision?: number;
  saved?: string;
  result?: string;
  lacks?: string;
  why?: string;
  by?: string;
  done?: number;
  files?: { name: string; url: string; picture: string }[];
}

class FieldElement extends HTMLElement {
  private waiting = new Map<string, Waiting>();
  private running = false;
  private timer = 0;
  private stop = new AbortController();

  connectedCallback(): void {
    this.stop = new AbortController();
    const signal = this.stop.signal;
    this.read();
    this.addEventListener("submit", (event) => this.sent(event), { signal });
    this.addEventListener("change", (event) => this.changed(event), { signal });
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    window.addEventListener("online", () => void this.pump(), { signal });
    window.addEventListener("beforeunload", (event) => {
      if (this.photos > 0) event.preventDefault();
    }, { signal });
    const at = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (at instanceof HTMLDetailsElement) at.open = true;
    if (this.waiting.size) void this.pump();
  }
  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    this.stop.abort();
  }

  // ---- what waits ----

  private get store(): string {
    return `dd-field:${this.dataset.key}`;
  }
  private read(): void {
    try {
      const kept = JSON.parse(localStorage.getItem(this.store) ?? "[]") as [string, Waiting][];
      this.waiting = new Map(kept);
    } catch {
      this.waiting = new Map();
    }
  }
  private keep(): void {
    try {
      if (this.waiting.size) localStorage.setItem(this.store, JSON.stringify(Array.from(this.waiting)));
      else localStorage.removeItem(this.store);
    } catch {
      this.tell("本机没有空间，请等这一条上传完再填下一条", true);
    }
  }

  private sent(event: Event): void {
    const form = event.target as HTMLFormElement;
    if (!("keep" in form.dataset)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.put(form);
  }

  private changed(event: Event): void {
    const field = event.target as HTMLInputElement;
    if (field.type === "file" && field.form && "photo" in field.form.dataset) {
      void this.upload(field.form, field);
      return;
    }
    const form = field.form;
    if (form && "keep" in form.dataset && !("once" in form.dataset)) this.put(form);
  }

  private clicked(event: Event): void {
    const fill = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-fill]") : null;
    const field = fill?.closest("[data-input]")?.querySelector<HTMLInputElement>("input");
    if (!fill || !field) return;
    field.value = fill.dataset.fill ?? "";
    if (field.form) this.put(field.form);
  }

  private put(form: HTMLFormElement): void {
    const values = Array.from(new FormData(form).entries()).filter((pair): pair is [string, string] => typeof pair[1] === "string");
    const once = "once" in form.dataset ? `:${token()}` : "";
    this.waiting.set(`${form.dataset.keep}${once}`, { url: form.action, values, token: token() });
    this.keep();
    if (once) form.querySelector<HTMLButtonElement>("button[type=submit]")?.setAttribute("disabled", "");
    this.tell("正在保存……");
    void this.pump();
  }

  private form(key: string): HTMLFormElement | null {
    return this.querySelector<HTMLFormElement>(`form[data-keep="${CSS.escape(key.startsWith("record") ? "record" : key)}"]`);
  }

  /** Sends one after the other; stops where the network fails and tries again. */
  private async pump(): Promise<void> {
    if (this.running) return;
    this.running = true;
    window.clearTimeout(this.timer);
    for (let first = this.first; first; first = this.first) {
      const [key, one] = first;
      const done = await this.send(key, one);
      if (!done) {
        this.timer = window.setTimeout(() => void this.pump(), AGAIN);
        break;
      }
    }
    this.running = false;
  }
  private get first(): [string, Waiting] | undefined {
    return this.waiting.entries().next().value;
  }

  private async send(key: string, one: Waiting): Promise<boolean> {
    const form = this.form(key);
    const body = new FormData();
    for (const [name, value] of one.values) body.append(name, value);
    const revision = key.startsWith("mark") ? form?.querySelector<HTMLInputElement>('input[name="revision"]')?.value : undefined;
    if (revision !== undefined) body.set("revision", revision);
    body.set("form_token", one.token);
    let response: Response;
    let text: string;
    try {
      response = await fetch(one.url, { method: "POST", body, credentials: "same-origin", headers: { "HX-Request": "true", "X-Save": "1" } });
      text = await response.text();
    } catch {
      this.tell(`网络不好，${this.waiting.size} 条存在本机，恢复后自动上传 ${timeOfDay(new Date())}`, true);
      return false;
    }
    if (isWholePage(text) || response.status >= 500) {
      this.tell(isWholePage(text) ? "登录已过期，记录存在本机，请重新登录后打开这一页" : "服务器没有响应，记录存在本机，稍后自动上传", true);
      return false;
    }
    // What was typed meanwhile waits for its own turn.
    if (this.waiting.get(key) === one) this.waiting.delete(key);
    this.keep();
    if (!response.ok) {
      this.refused(form, text);
      return true;
    }
    this.show(form, key, JSON.parse(text) as Saved);
    return true;
  }

  private refused(form: HTMLFormElement | null, text: string): void {
    form?.querySelector("button[type=submit]")?.removeAttribute("disabled");
    this.tell("没有保存", true);
    const lacks = form?.querySelector("[data-lacks]");
    if (lacks) lacks.textContent = text;
    else say(text);
  }

  private show(form: HTMLFormElement | null, key: string, answer: Saved): void {
    this.tell(`已保存 ${answer.saved ?? timeOfDay(new Date())}`);
    if (key.startsWith("record")) {
      location.assign(`${location.pathname}?tab=records`);
      return;
    }
    const item = form?.closest("[data-item]");
    const revision = form?.querySelector<HTMLInputElement>('input[name="revision"]');
    if (revision && answer.revision !== undefined) revision.value = String(answer.revision);
    const put = (where: string, words?: string): void => {
      const node = item?.querySelector(where);
      if (node && words !== undefined) node.textContent = words;
    };
    put("[data-result]", answer.result);
    put("[data-lacks]", answer.lacks);
    put("[data-why]", answer.why);
    put("[data-by]", answer.by);
    const use = item?.querySelector("[data-state] use");
    const name = answer.lacks === "" ? "circle-check" : answer.lacks === "未评" ? "circle-dashed" : "circle-half-2";
    use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#${name}`));
    const done = this.querySelector("[data-done]");
    if (done && answer.done !== undefined) done.textContent = String(answer.done);
  }

  // ---- photos ----

  private photos = 0;

  private async upload(form: HTMLFormElement, field: HTMLInputElement): Promise<void> {
    const list = form.querySelector("[data-files]");
    const files = Array.from(field.files ?? []);
    const shared = Array.from(new FormData(form).entries()).filter((pair): pair is [string, string] => typeof pair[1] === "string");
    field.value = "";
    await Promise.all(files.map((file) => this.uploadOne(form.action, shared, file, list)));
  }

  private async uploadOne(url: string, shared: [string, string][], file: File, list: Element | null): Promise<void> {
    const line = document.createElement("li");
    line.textContent = `${file.name}：正在上传……`;
    list?.append(line);
    const mine = token();
    this.photos += 1;
    for (;;) {
      const body = new FormData();
      for (const [name, value] of shared) body.set(name, value);
      body.set("form_token", mine);
      body.set("file", file, file.name);
      try {
        const response = await fetch(url, { method: "POST", body, credentials: "same-origin", headers: { "HX-Request": "true", "X-Save": "1" } });
        const text = await response.text();
        if (response.ok && !isWholePage(text)) {
          const made = (JSON.parse(text) as Saved).files?.[0];
          line.textContent = "";
          line.append(linkTo(made?.url ?? "#", made?.name ?? file.name, made?.picture ?? ""));
          break;
        }
        if (response.status < 500) {
          line.textContent = `${file.name}：${isWholePage(text) ? "登录已过期，请重新登录后再传" : text}`;
          break;
        }
      } catch {
        line.textContent = `${file.name}：网络不好，稍后自动再传，请不要关闭这一页`;
      }
      await new Promise((done) => setTimeout(done, AGAIN));
    }
    this.photos -= 1;
  }

  private tell(words: string, trouble = false): void {
    const place = this.querySelector<HTMLElement>("[data-saved]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("is-trouble", trouble);
  }
}

/** As evidence/viewing.html draws it: the <dd-viewer> around shows the file. */
function linkTo(url: string, name: string, picture: string): HTMLAnchorElement {
  const link = document.createElement("a");
  Object.assign(link, { className: "vw-link", href: url, target: "_blank", rel: "noopener" });
  link.dataset.view = url;
  link.dataset.name = name;
  if (picture) {
    const image = document.createElement("img");
    Object.assign(image, { className: "dd-thumb", src: picture, alt: "", loading: "lazy" });
    link.append(image);
  }
  const words = document.createElement("span");
  words.textContent = name;
  link.append(words);
  return link;
}

customElements.define("dd-field", FieldElement);
