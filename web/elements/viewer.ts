// <dd-viewer> around files (evidence/viewing.html, evidence/pane.html): shows them beside what they prove, without leaving the page.
// Its links carry data-view (the address of the bare file as a part of a page); without this script they lead to a page of their own.
// v opens and closes, [ and ] turn to the file before and after, + − 0 size a picture, Esc closes. The nearest [data-viewing] gets
// the class is-viewing while the pane is open; in one tab it stays open from page to page there. A viewer with the class is-over
// lays its pane over the page at the right; on a phone every pane lies over all of it.
// A photo is shown as large as one looks at it; who sizes it up gets the original.
import { fragment } from "../lib/dom";
import { shortcut } from "../lib/keys";

const KEPT = "dd-viewer";
const STEP = 1.25;
const LEAST = 1;
const MOST = 6;
/** From this size on the original shows more than the picture that is shown first. */
const WHOLE = 1.5;

class ViewerElement extends HTMLElement {
  private place = -1;
  private size = 1;
  private frame: Element | null = null;
  private asked = new AbortController();
  private stop = new AbortController();

  connectedCallback(): void {
    this.stop = new AbortController();
    const signal = this.stop.signal;
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    this.addEventListener("submit", (event) => this.sent(event), { signal });
    this.addEventListener("dd:done", () => void this.load(), { signal });
    document.addEventListener("keydown", (event) => this.pressed(event), { signal });
    this.frame = this.closest("[data-viewing]");
    if (this.frame && !this.isOver && this.links.length && sessionStorage.getItem(KEPT) === "open") void this.show(0, false);
  }
  disconnectedCallback(): void {
    this.stop.abort();
    this.asked.abort();
    this.frame?.classList.remove("is-viewing");
  }

  private get links(): HTMLAnchorElement[] {
    return Array.from(this.querySelectorAll<HTMLAnchorElement>("a[data-view]"));
  }
  private get pane(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-viewer-pane]");
  }
  private get body(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-viewer-body]");
  }
  private get isOpen(): boolean {
    return this.pane?.hidden === false;
  }
  private get isOver(): boolean {
    return this.classList.contains("is-over") || window.matchMedia("(max-width: 767.98px)").matches;
  }

  // ---- showing ----

  private async show(place: number, moves = true): Promise<void> {
    const link = this.links[place];
    if (!link || !this.pane) return;
    this.place = place;
    this.size = 1;
    this.pane.hidden = false;
    this.frame?.classList.add("is-viewing");
    if (this.frame) sessionStorage.setItem(KEPT, "open");
    for (const one of this.links) one.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    const count = this.querySelector("[data-viewer-count]");
    if (count) count.textContent = `${place + 1}/${this.links.length}`;
    const name = this.querySelector("[data-viewer-name]");
    if (name) name.textContent = link.dataset.name ?? link.textContent;
    this.querySelector("[data-viewer-new]")?.setAttribute("href", link.href);
    this.enable("previous", place > 0);
    this.enable("next", place < this.links.length - 1);
    this.picture(false);
    this.strip();
    if (moves && this.isOver) this.pane.querySelector<HTMLElement>('[data-viewer="close"]')?.focus({ preventScroll: true });
    else if (moves) this.pane.scrollIntoView({ block: "nearest" });
    await this.load();
  }

  private async load(): Promise<void> {
    const link = this.links[this.place];
    const body = this.body;
    if (!link || !body) return;
    this.asked.abort();
    const asked = (this.asked = new AbortController());
    body.setAttribute("aria-busy", "true");
    try {
      const shown = await fragment(link.dataset.view ?? link.href, asked.signal);
      if (asked.signal.aborted) return;
      body.innerHTML = shown;
      body.scrollTo(0, 0);
    } catch {
      if (asked.signal.aborted) return;
      body.textContent = "没有打开：网络中断，或者这份材料已经撤下。请再试一次，或点“新窗口”打开。";
    }
    body.removeAttribute("aria-busy");
    this.picture(this.image !== null);
    // Who opens a document means to read it: what was never converted is asked for without another press.
    const form = body.querySelector<HTMLFormElement>("form[data-convert]");
    if (form) await this.convert(form);
  }

  private close(): void {
    if (!this.pane) return;
    this.pane.hidden = true;
    this.asked.abort();
    this.body?.replaceChildren();
    this.frame?.classList.remove("is-viewing");
    if (this.frame) sessionStorage.removeItem(KEPT);
    const link = this.links[this.place];
    link?.removeAttribute("aria-current");
    link?.focus({ preventScroll: true });
  }

  /** Several files as a row of small pictures. Drawn anew each time: photos are added while the pane is open. */
  private strip(): void {
    const strip = this.querySelector<HTMLElement>("[data-viewer-strip]");
    if (!strip) return;
    const links = this.links;
    strip.hidden = links.length < 2;
    strip.replaceChildren(...links.map((link, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.viewerAt = String(place);
      button.setAttribute("aria-label", link.dataset.name ?? link.textContent ?? "");
      if (place === this.place) button.setAttribute("aria-current", "true");
      const drawn = link.querySelector("img, svg")?.cloneNode(true);
      if (drawn) button.append(drawn);
      return button;
    }));
    strip.children[this.place]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private enable(act: string, on: boolean): void {
    const button = this.querySelector<HTMLButtonElement>(`button[data-viewer="${act}"]`);
    if (button) button.disabled = !on;
  }

  // ---- pictures ----

  private get image(): HTMLImageElement | null {
    return this.body?.querySelector("img") ?? null;
  }

  /** The buttons for size are there for pictures only: the browser's own viewer has its own for the rest. */
  private picture(is: boolean): void {
    for (const button of this.querySelectorAll<HTMLElement>("[data-viewer-size]")) button.hidden = !is;
    this.resize(1);
  }

  private resize(size: number): void {
    this.size = Math.min(MOST, Math.max(LEAST, size));
    const image = this.image;
    if (!image) return;
    const whole = image.dataset.whole;
    if (this.size > WHOLE && whole && image.getAttribute("src") !== whole) image.src = whole;
    image.classList.toggle("is-large", this.size > 1);
    image.style.width = this.size > 1 ? `${this.size * 100}%` : "";
    this.enable("smaller", this.size > LEAST);
    this.enable("larger", this.size < MOST);
  }

  // ---- what people do ----

  private act(name: string): void {
    const acts: Record<string, () => void> = {
      previous: () => void this.show(this.place - 1),
      next: () => void this.show(this.place + 1),
      larger: () => this.resize(this.size * STEP),
      smaller: () => this.resize(this.size / STEP),
      fit: () => this.resize(1),
      close: () => this.close(),
    };
    acts[name]?.();
  }

  private clicked(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest<HTMLElement>("[data-viewer]");
    if (button) return this.act(button.dataset.viewer ?? "");
    const at = target?.closest<HTMLElement>("[data-viewer-at]");
    if (at) return void this.show(Number(at.dataset.viewerAt), false);
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = target?.closest<HTMLAnchorElement>("a");
    if (!link) return;
    if (link.matches("a[data-view]")) {
      event.preventDefault();
      void this.show(this.links.indexOf(link));
    } else if (link.contains(this.image)) {
      event.preventDefault();
      this.resize(this.size > 1 ? 1 : 2);
    }
  }

  /** A document that is to be converted first: asked for here, and shown here when it is there. */
  private sent(event: SubmitEvent): void {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !this.body?.contains(form)) return;
    event.preventDefault();
    event.stopPropagation();
    void this.convert(form);
  }

  private async convert(form: HTMLFormElement): Promise<void> {
    const place = this.place;
    delete form.dataset.convert;
    try {
      await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" });
    } catch {
      return;
    }
    if (this.place === place && this.isOpen) await this.load();
  }

  private pressed(event: KeyboardEvent): void {
    const key = shortcut(event);
    if (key === "v") {
      if (!this.links.length) return;
      event.preventDefault();
      return this.isOpen ? this.close() : void this.show(Math.max(this.place, 0));
    }
    if (!this.isOpen) return;
    const names: Record<string, string> = { "[": "previous", "]": "next", "+": "larger", "=": "larger", "-": "smaller", "0": "fit", Escape: "close" };
    const name = names[key];
    if (!name) return;
    event.preventDefault();
    this.act(name);
  }
}

customElements.define("dd-viewer", ViewerElement);
