// <dd-uploads data-url data-unit [data-evidence] [data-max-mb] [data-next] [data-attach] [data-into]>: many files sent in pieces
// (lib/sending), each with its progress and its receipt. With data-next it leads on when all have one; with data-attach it fills
// [data-receipts] of its form and fires dd:uploaded, so that the page attaches them; with data-into the form around sends the items
// along under that name, and waits for those under way.
import { icon, script } from "../lib/dom";
import { isLargePhoto, picture, ready, size, sizeOf, takeDropped } from "../lib/files";
import type { Receipt, Sender } from "../lib/sending";

const AT_ONCE = 2;

type State = "waiting" | "sending" | "paused" | "done" | "refused";

class Entry {
  state: State = "waiting";
  receipt: Receipt | null = null;
  sending: InstanceType<Sender["Sending"]> | null = null;
  waits = false;
  readonly row = document.createElement("li");
  private readonly bar = document.createElement("progress");
  private readonly said = document.createElement("span");
  private readonly buttons = document.createElement("span");
  private readonly mark = document.createElement("span");

  constructor(readonly file: File, private readonly into: string, private readonly act: (entry: Entry, what: string) => void) {
    const name = document.createElement("span");
    name.className = "dd-file-name";
    name.textContent = file.name;
    this.said.className = "dd-sub";
    this.bar.max = file.size || 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `${file.name}的上传进度`);
    this.buttons.className = "ev-buttons";
    name.append(this.said);
    this.row.append(this.mark, picture(file), name, this.bar, this.buttons);
    this.show();
  }

  show(words = ""): void {
    const received = this.receipt?.received ?? 0;
    const part = `${size(received)} / ${size(this.file.size)}`;
    const said: Record<State, string> = {
      waiting: `等待上传，${sizeOf(this.file)}`,
      sending: received ? `正在上传 ${part}` : "正在核对文件",
      paused: `已暂停，${part}`,
      done: this.receipt?.message || "已存入资料库。",
      refused: this.receipt?.message ?? "",
    };
    const names: Record<State, string> = { waiting: "clock", sending: "upload", paused: "player-pause", done: "circle-check", refused: "alert-circle" };
    this.said.textContent = words || said[this.state];
    this.mark.replaceChildren(icon(names[this.state]), ...this.sentAlong());
    this.row.dataset.state = this.state;
    this.bar.value = this.state === "done" ? this.bar.max : received;
    this.bar.hidden = this.state === "done" || this.state === "refused";
    const wanted: Record<State, [string, string, string][]> = {
      waiting: [["drop", "去掉", "x"]],
      sending: this.waits ? [["retry", "立即重试", "refresh"], ["pause", "暂停", "player-pause"]] : [["pause", "暂停", "player-pause"]],
      paused: [["resume", "继续", "player-play"], ["drop", "放弃", "x"]],
      done: this.into ? [["drop", "去掉", "x"]] : [],
      refused: [["drop", "去掉", "x"]],
    };
    const key = wanted[this.state].map(([what]) => what).join(" ");
    if (this.buttons.dataset.key === key) return;
    this.buttons.dataset.key = key;
    this.buttons.replaceChildren(...wanted[this.state].map(([what, label, sign]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-slim btn-link-plain";
      button.append(icon(sign), label);
      button.setAttribute("aria-label", `${label}：${this.file.name}`);
      button.addEventListener("click", () => this.act(this, what));
      return button;
    }));
  }

  private sentAlong(): HTMLInputElement[] {
    if (!this.into || this.state !== "done" || !this.receipt?.item) return [];
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: this.into, value: String(this.receipt.item) });
    return [hidden];
  }
}

async function sender(): Promise<Sender> {
  await script("dd-sending");
  return window.ddSending as Sender;
}

class UploadsElement extends HTMLElement {
  private entries: Entry[] = [];
  private shrinking = 0;
  private held: HTMLElement | null | undefined;
  private readonly leave = (event: BeforeUnloadEvent): void => event.preventDefault();

  connectedCallback(): void {
    void sender().catch(() => undefined);
    this.addEventListener("change", (event) => this.chosen(event));
    const zone = this.querySelector<HTMLElement>("[data-drop]");
    if (zone) takeDropped(zone, zone, (files) => void this.add(files));
    if (this.dataset.into) this.closest("form")?.addEventListener("submit", this.hold, true);
    for (const line of this.querySelectorAll<HTMLElement>("[data-unfinished]")) {
      line.querySelector("[data-give-up]")?.addEventListener("click", () => void this.forget(line));
    }
    window.addEventListener("online", this.online);
  }
  disconnectedCallback(): void {
    this.closest("form")?.removeEventListener("submit", this.hold, true);
    window.removeEventListener("online", this.online);
    window.removeEventListener("beforeunload", this.leave);
    // What was begun stays on the server; the same file goes on there.
    this.entries.forEach((entry) => entry.sending?.pause());
  }

  private readonly online = (): void => this.entries.forEach((entry) => this.hurry(entry));

  private chosen(event: Event): void {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !("files" in input.dataset)) return;
    event.stopPropagation();
    const files = Array.from(input.files ?? []);
    input.value = "";
    void this.add(files);
  }

  private async add(given: File[]): Promise<void> {
    let files = this.dataset.evidence ? given.slice(0, 1) : given;
    if (files.some(isLargePhoto)) {
      this.say("正在压缩照片……");
      this.shrinking += 1;
      files = await ready(files);
      this.shrinking -= 1;
    }
    const known = new Set(this.entries.filter((entry) => entry.state !== "refused").map((entry) => same(entry.file)));
    const fresh = files.filter((file) => !known.has(same(file)));
    if (!fresh.length) return;
    if (this.entries.every((entry) => entry.state === "done" || entry.state === "refused")) this.entries = this.entries.filter((entry) => entry.state === "done");
    const most = Number(this.dataset.maxMb ?? 0);
    for (const file of fresh) {
      const entry = new Entry(file, this.dataset.into ?? "", (one, what) => this.act(one, what));
      if (most && file.size > most * 1024 * 1024) this.refuse(entry, `有 ${size(file.size)}，超过单个文件 ${most} MB 的上限，请压缩或拆分后再传。`);
      this.entries.push(entry);
    }
    this.draw();
    this.work();
  }

  private act(entry: Entry, what: string): void {
    if (what === "retry") return this.hurry(entry);
    entry.waits = false;
    if (what === "pause") {
      entry.state = "paused";
      entry.sending?.pause();
    } else if (what === "resume") entry.state = "waiting";
    else {
      if (entry.state !== "done") entry.sending?.drop();
      this.entries = this.entries.filter((one) => one !== entry);
    }
    entry.show();
    this.draw();
    this.work();
  }

  private hurry(entry: Entry): void {
    if (!entry.waits) return;
    entry.waits = false;
    entry.show();
    entry.sending?.hurry();
  }

  private work(): void {
    const busy = this.entries.filter((entry) => entry.state === "sending").length;
    for (const entry of this.entries.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - busy))) void this.send(entry);
    const open = this.open;
    window[open ? "addEventListener" : "removeEventListener"]("beforeunload", this.leave as EventListener);
    this.sum();
    if (!open) this.ended();
  }

  private get open(): boolean {
    return this.shrinking > 0 || this.entries.some((entry) => entry.state === "sending" || entry.state === "waiting");
  }

  /** What is under way goes along: the form is sent when all are there. */
  private readonly hold = (event: SubmitEvent): void => {
    if (!this.open) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.held = event.submitter;
    this.sum();
  };

  private say(words: string): void {
    const sum = this.querySelector<HTMLElement>("[data-sum]");
    if (!sum) return;
    sum.hidden = false;
    sum.textContent = words;
  }

  private async send(entry: Entry): Promise<void> {
    entry.state = "sending";
    entry.show();
    const found = await sender().catch(() => null);
    if (!found) return this.refuse(entry, "没有传成，请刷新页面后重新选择文件。");
    if (entry.state !== "sending" || !this.entries.includes(entry)) return;
    entry.sending ??= new found.Sending(entry.file, { url: this.dataset.url ?? "", unit: this.dataset.unit ?? "", evidence: this.dataset.evidence ?? "" }, {
      step: (row) => {
        entry.receipt = row;
        entry.waits = false;
        if (entry.state === "sending") entry.show();
      },
      waits: (seconds, why) => {
        entry.waits = true;
        entry.show(`${why}，${seconds} 秒后自动重试，已传的不会丢`);
      },
      done: (row) => {
        entry.receipt = row;
        entry.state = "done";
        entry.show();
        this.finished(entry);
        this.work();
      },
      refused: (why) => {
        this.refuse(entry, why);
        this.work();
      },
    });
    void entry.sending.start();
  }

  private refuse(entry: Entry, why: string): void {
    entry.state = "refused";
    entry.receipt = { ...(entry.receipt ?? { id: "", received: 0, item: null, url: "" }), state: "refused", message: why };
    entry.show();
  }

  /** Its line among the unfinished of last time has done its duty. */
  private finished(entry: Entry): void {
    for (const line of this.querySelectorAll<HTMLElement>("[data-unfinished]")) {
      if (line.dataset.unfinished === entry.receipt?.id) this.strike(line);
    }
  }
  private async forget(line: HTMLElement): Promise<void> {
    await (await sender()).giveUp(`${this.dataset.url}${line.dataset.unfinished}/`);
    this.strike(line);
  }
  private strike(line: HTMLElement): void {
    line.remove();
    if (!this.querySelector("[data-unfinished]")) this.querySelector("[data-unfinished-all]")?.remove();
  }

  private draw(): void {
    const list = this.querySelector<HTMLElement>("[data-queue]");
    if (!list) return;
    list.hidden = this.entries.length === 0;
    list.replaceChildren(...this.entries.map((entry) => entry.row));
  }

  private sum(): void {
    const sum = this.querySelector<HTMLElement>("[data-sum]");
    if (!sum) return;
    const done = this.entries.filter((entry) => entry.state === "done").length;
    const refused = this.entries.filter((entry) => entry.state === "refused").length;
    sum.hidden = this.entries.length === 0;
    const text = document.createElement("b");
    text.textContent = `${done}/${this.entries.length} 已回执`;
    const more = `${refused ? `，${refused} 个没有接收` : ""}${this.held === undefined ? "" : "，传完后自动提交"}`;
    sum.replaceChildren(icon(done === this.entries.length ? "circle-check" : "upload"), text, more);
    const next = this.next();
    if (next && !this.entries.some((entry) => entry.state === "sending" || entry.state === "waiting")) sum.append(next);
  }

  /** The link on: to the item, or to saying what the files are. */
  private next(): HTMLAnchorElement | null {
    const items = [...new Set(this.entries.flatMap((entry) => (entry.state === "done" && entry.receipt?.item ? [entry.receipt.item] : [])))];
    if (!this.dataset.next || !items.length) return null;
    const link = document.createElement("a");
    link.className = "btn btn-primary";
    link.href = this.dataset.evidence ? this.dataset.next : `${this.dataset.next}?ids=${items.join(",")}`;
    link.textContent = this.dataset.evidence ? "查看材料" : "下一步：填写类别和有效期";
    return link;
  }

  private ended(): void {
    if (this.held !== undefined) {
      const button = this.held;
      this.held = undefined;
      this.sum();
      if (this.entries.every((entry) => entry.state === "done")) this.closest("form")?.requestSubmit(button);
      return;
    }
    const done = this.entries.filter((entry) => entry.state === "done");
    if (!("attach" in this.dataset) || !done.length || this.entries.some((entry) => entry.state === "paused")) return;
    const form = this.closest("form");
    const field = form?.querySelector<HTMLInputElement>("[data-receipts]");
    if (!form || !field) return;
    const ids = done.map((entry) => entry.receipt?.id ?? "").join(",");
    // Once for the same files: what was refused stays on the page with its reason.
    if (field.value === ids) return;
    field.value = ids;
    if (this.entries.length === done.length) form.dispatchEvent(new CustomEvent("dd:uploaded", { bubbles: false }));
    else this.attachButton(form);
  }

  /** Some were refused: the person reads why, and attaches the others. */
  private attachButton(form: HTMLFormElement): void {
    const sum = this.querySelector<HTMLElement>("[data-sum]");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-primary btn-slim";
    button.textContent = "引用已回执的文件";
    button.addEventListener("click", () => form.dispatchEvent(new CustomEvent("dd:uploaded", { bubbles: false })));
    sum?.append(button);
  }
}

function same(file: File): string {
  return `${file.name} ${file.size} ${file.lastModified}`;
}

customElements.define("dd-uploads", UploadsElement);
