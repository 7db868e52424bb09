// <dd-field> around the page that a team works with on a phone: its marks and records save themselves (../lib/autosave), photos are sent
// in the background, each with a token of its own, so that what is sent again over a bad network is the same photo.
import { Autosave } from "../lib/autosave";
import { csrf, isWholePage, signedIn, token } from "../lib/dom";
import { ready } from "../lib/files";
import { showMark, type Marked } from "../lib/marks";

const AGAIN = 5000;

class FieldElement extends HTMLElement {
  private photos = 0;
  private stop = new AbortController();

  connectedCallback(): void {
    this.stop = new AbortController();
    const signal = this.stop.signal;
    new Autosave<Marked>(this, signal, (answer, form) => this.show(answer, form));
    this.addEventListener("change", (event) => this.chosen(event.target as HTMLInputElement), { signal });
    window.addEventListener("beforeunload", (event) => {
      if (this.photos > 0) event.preventDefault();
    }, { signal });
    const at = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (at instanceof HTMLDetailsElement) at.open = true;
  }
  disconnectedCallback(): void {
    this.stop.abort();
  }

  private show(answer: Marked, form: HTMLFormElement | null): void {
    const item = form?.closest("[data-item]");
    if (item) showMark(item, item.querySelector("[data-state]"), answer);
    else if (form) location.assign(`${location.pathname}?tab=records`);
  }

  private chosen(field: HTMLInputElement): void {
    if (field.type === "file" && field.form && "photo" in field.form.dataset) void this.upload(field.form, field);
  }

  private async upload(form: HTMLFormElement, field: HTMLInputElement): Promise<void> {
    const list = form.querySelector("[data-files]");
    const chosen = Array.from(field.files ?? []);
    const shared = Array.from(new FormData(form).entries()).filter((pair): pair is [string, string] => typeof pair[1] === "string");
    field.value = "";
    const files = await ready(chosen);
    await Promise.all(files.map((file) => this.uploadOne(form.action, shared, file, list)));
  }

  private async uploadOne(url: string, shared: [string, string][], file: File, list: Element | null): Promise<void> {
    const line = document.createElement("li");
    line.textContent = `${file.name}：正在上传……`;
    list?.append(line);
    const mine = token();
    let renewed = false;
    this.photos += 1;
    for (;;) {
      const body = new FormData();
      for (const [name, value] of shared) body.set(name, value);
      body.delete("csrfmiddlewaretoken");
      body.set("form_token", mine);
      body.set("file", file, file.name);
      try {
        const headers = { "HX-Request": "true", "X-Save": "1", "X-CSRFToken": csrf() };
        const response = await fetch(url, { method: "POST", body, credentials: "same-origin", headers });
        const text = await response.text();
        if (response.ok && !isWholePage(text)) {
          const made = (JSON.parse(text) as { files?: { name: string; url: string; picture: string }[] }).files?.[0];
          line.textContent = "";
          line.append(linkTo(made?.url ?? "#", made?.name ?? file.name, made?.picture ?? ""));
          break;
        }
        const ended = (isWholePage(text) || response.status === 403) && (await signedIn()) !== document.body.dataset.person;
        if (response.status === 403 && !ended && !renewed) {
          renewed = true;
          continue;
        }
        if (!ended && !isWholePage(text) && response.status < 500) {
          line.textContent = `${file.name}：${text}`;
          break;
        }
        line.textContent = `${file.name}：${ended ? "登录已过期，请重新登录，这一页开着就会自动再传" : "服务器没有响应，稍后自动再传"}`;
      } catch {
        line.textContent = `${file.name}：网络不好，稍后自动再传，请不要关闭这一页`;
      }
      await new Promise((done) => setTimeout(done, AGAIN));
    }
    this.photos -= 1;
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
