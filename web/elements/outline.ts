// <dd-outline data-points="…"> around the tree of an indicator system: folds and opens branches, saves points as soon as they are
// typed, moves rows by button, by Alt+↑/↓ and by dragging, jumps to the next finding. The server answers with what changes
// elsewhere (sums, check, revision) as swaps out of band; what it refuses is said, and the cell keeps what was typed.
import htmx from "htmx.org";
import { fragment, say } from "../lib/dom";

const WAIT = 500;

class OutlineElement extends HTMLElement {
  private timer = 0;
  private running = false;
  private waiting = new Set<HTMLInputElement>();
  private dragged: HTMLTableRowElement | null = null;
  private found = -1;

  connectedCallback(): void {
    for (const name of ["click", "input", "change", "keydown", "dragstart", "dragover", "drop", "dragend"]) this.addEventListener(name, this);
    window.addEventListener("beforeunload", this.leaving);
  }
  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    for (const name of ["click", "input", "change", "keydown", "dragstart", "dragover", "drop", "dragend"]) this.removeEventListener(name, this);
    window.removeEventListener("beforeunload", this.leaving);
  }
  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.waiting.size || this.running) event.preventDefault();
  };

  handleEvent(event: Event): void {
    if (!(event.target instanceof Element)) return;
    if (event instanceof KeyboardEvent) return this.key(event);
    if (event instanceof DragEvent) return this.drag(event);
    if (event.type === "click") return this.pressed(event);
    const cell = event.target.closest<HTMLInputElement>("input[data-was]");
    if (!cell) return;
    this.mark(cell);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), event.type === "change" ? 0 : WAIT);
  }

  private pressed(event: Event): void {
    const target = event.target as Element;
    const toggle = target.closest<HTMLElement>("[data-toggle]");
    if (toggle) {
      event.preventDefault();
      void this.fold(toggle, toggle.getAttribute("aria-expanded") !== "true");
      return;
    }
    const all = target.closest<HTMLElement>("[data-fold]");
    if (all) {
      const open = all.dataset.fold === "open";
      for (const row of this.rows) if (row.dataset.parent) this.toggle(row)?.setAttribute("aria-expanded", String(open));
      this.show();
      return;
    }
    if (target.closest("[data-next]")) return this.next();
    const step = target.closest<HTMLButtonElement>('button[name="to"]');
    const row = step?.closest("tr");
    if (step && row) {
      event.preventDefault();
      void this.step(row, step.value === "up" ? -1 : 1, step);
    }
  }

  // ---- points ----

  private mark(cell: HTMLInputElement): void {
    const changed = cell.value.trim() !== cell.dataset.was;
    cell.toggleAttribute("data-changed", changed);
    if (changed) this.waiting.add(cell);
    else this.waiting.delete(cell);
  }

  /** One request after the other: each needs the revision that the one before has made. */
  private async save(): Promise<void> {
    if (this.running || !this.waiting.size) return;
    const cells = Array.from(this.waiting);
    const sent = cells.map((cell) => cell.value);
    this.waiting.clear();
    this.running = true;
    this.tell("正在保存……");
    const values: Record<string, string> = {};
    cells.forEach((cell, place) => (values[cell.name] = sent[place] ?? ""));
    const done = await this.send(this.dataset.points ?? "", values);
    this.running = false;
    cells.forEach((cell, place) => {
      cell.setAttribute("aria-invalid", String(!done));
      if (done) {
        cell.dataset.was = (sent[place] ?? "").trim();
        this.mark(cell);
      }
    });
    this.tell(done ? "已保存" : "没有保存，分值还是改之前的", !done);
    if (done && this.waiting.size) void this.save();
  }

  private async send(url: string, values: Record<string, string>): Promise<boolean> {
    const revision = document.querySelector<HTMLInputElement>("#tree-revision")?.value ?? "";
    let done = false;
    const note = (event: Event): void => {
      done = (event as CustomEvent<{ successful: boolean }>).detail.successful;
    };
    this.addEventListener("htmx:afterRequest", note);
    try {
      // "none": only what the answer swaps out of band.
      await htmx.ajax("post", url, { source: this, swap: "none", values: { ...values, revision } });
    } catch {
      done = false;
    } finally {
      this.removeEventListener("htmx:afterRequest", note);
    }
    return done;
  }

  private tell(words: string, trouble = false): void {
    const place = this.querySelector<HTMLElement>("[data-said]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("dd-red", trouble);
  }

  // ---- folding ----

  private get rows(): HTMLTableRowElement[] {
    return Array.from(this.querySelectorAll<HTMLTableRowElement>("tr[data-key]"));
  }
  private toggle(row: Element): HTMLElement | null {
    return row.querySelector<HTMLElement>("[data-toggle]");
  }
  private row(key: string): HTMLTableRowElement | null {
    return this.querySelector<HTMLTableRowElement>(`#indicator-${key}`);
  }

  private async fold(toggle: HTMLElement, open: boolean): Promise<void> {
    const row = toggle.closest<HTMLTableRowElement>("tr");
    if (!row) return;
    if (open && toggle.dataset.url && !this.querySelector(`tr[data-parent="${row.dataset.key}"]`)) {
      if ("busy" in toggle.dataset) return;
      toggle.dataset.busy = "";
      try {
        const box = document.createElement("template");
        box.innerHTML = await fragment(toggle.dataset.url);
        const added = Array.from(box.content.children);
        row.after(box.content);
        added.forEach((node) => htmx.process(node));
      } catch {
        say("下级没有取到，请检查网络后再点一次。");
        return;
      } finally {
        delete toggle.dataset.busy;
      }
    }
    toggle.setAttribute("aria-expanded", String(open));
    this.show();
  }

  /** A row shows if everything above it is open. */
  private show(): void {
    const open = new Map<string, boolean>();
    for (const row of this.rows) {
      const parent = row.dataset.parent ?? "";
      const seen = parent === "" || (open.get(parent) ?? true);
      row.hidden = !seen;
      open.set(row.dataset.key ?? "", seen && this.toggle(row)?.getAttribute("aria-expanded") !== "false");
    }
  }

  private next(): void {
    const links = Array.from(document.querySelectorAll<HTMLAnchorElement>("#check [data-finding]"));
    if (!links.length) return this.tell("检查没有发现问题");
    this.found = (this.found + 1) % links.length;
    const link = links[this.found];
    const row = document.querySelector<HTMLTableRowElement>(link?.hash ?? "");
    if (!row) return void (link && location.assign(link.href));
    for (let above = row.dataset.parent ?? ""; above; above = this.row(above)?.dataset.parent ?? "") this.toggle(this.row(above) as Element)?.setAttribute("aria-expanded", "true");
    this.show();
    row.scrollIntoView({ block: "center" });
    (row.querySelector<HTMLElement>("input[data-was]") ?? row.querySelector<HTMLElement>("a, button"))?.focus();
    this.tell(`第 ${this.found + 1} 处，共 ${links.length} 处：${link?.textContent ?? ""}`);
  }

  // ---- keys ----

  private key(event: KeyboardEvent): void {
    const target = event.target as Element;
    const row = target.closest<HTMLTableRowElement>("tr[data-key]");
    if (!row) return;
    const down = event.key === "ArrowDown";
    if (event.altKey && (down || event.key === "ArrowUp")) {
      event.preventDefault();
      if (row.querySelector('button[name="to"]')) void this.step(row, down ? 1 : -1, target as HTMLElement);
      return;
    }
    if (target.matches("input[data-was]")) {
      if (event.key === "Enter") {
        event.preventDefault();
        window.clearTimeout(this.timer);
        void this.save();
      }
      if (event.key === "Enter" || down || event.key === "ArrowUp") {
        const cells = Array.from(this.querySelectorAll<HTMLInputElement>('input[name^="points-"], input[name^="weight-"]')).filter((cell) => !cell.closest("tr")?.hidden);
        const to = cells[cells.indexOf(target as HTMLInputElement) + (event.key === "ArrowUp" ? -1 : 1)];
        event.preventDefault();
        to?.focus();
        to?.select();
      }
      if (event.key === "Escape") {
        const cell = target as HTMLInputElement;
        cell.value = cell.dataset.was ?? "";
        this.mark(cell);
      }
      return;
    }
    const toggle = this.toggle(row);
    if (toggle && target === toggle && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      event.preventDefault();
      void this.fold(toggle, event.key === "ArrowRight");
    }
  }

  // ---- moving ----

  /** A row with all that stands below it. */
  private block(row: HTMLTableRowElement): HTMLTableRowElement[] {
    const keys = new Set([row.dataset.key]);
    const found = [row];
    for (let below = row.nextElementSibling as HTMLTableRowElement | null; below && keys.has(below.dataset.parent); below = below.nextElementSibling as HTMLTableRowElement | null) {
      keys.add(below.dataset.key);
      found.push(below);
    }
    return found;
  }
  private siblings(row: HTMLTableRowElement): HTMLTableRowElement[] {
    return this.rows.filter((other) => other.dataset.parent === row.dataset.parent);
  }

  private async step(row: HTMLTableRowElement, way: 1 | -1, focus: HTMLElement): Promise<void> {
    const siblings = this.siblings(row);
    const other = siblings[siblings.indexOf(row) + way];
    if (!other) return this.tell(way < 0 ? "已经在最前" : "已经在最后");
    if (this.running) return;
    const url = row.querySelector<HTMLButtonElement>('button[name="to"]')?.formAction ?? "";
    this.running = true;
    const done = await this.send(url, { to: way < 0 ? "up" : "down" });
    this.running = false;
    if (!done) return;
    if (way < 0) other.before(...this.block(row));
    else (this.block(other).pop() as Element).after(...this.block(row));
    focus.focus();
    row.scrollIntoView({ block: "nearest" });
    this.tell(`${row.dataset.code} 已${way < 0 ? "上移" : "下移"}，现在是第 ${this.siblings(row).indexOf(row) + 1} 项`);
    if (this.waiting.size) void this.save();
  }

  private drag(event: DragEvent): void {
    const target = event.target as Element;
    const row = target.closest<HTMLTableRowElement>("tr[data-key]");
    if (event.type === "dragstart") {
      this.dragged = target.closest("[data-grip]") ? row : null;
      if (!this.dragged) return;
      event.dataTransfer?.setData("text/plain", this.dragged.dataset.code ?? "");
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
      this.dragged.classList.add("is-dragged");
      return;
    }
    if (!this.dragged) return;
    if (event.type === "dragend") return this.settle();
    const may = row && row.dataset.parent && !this.block(this.dragged).includes(row) ? row : null;
    if (event.type === "dragover") {
      this.rows.forEach((other) => other.classList.toggle("is-target", other === may));
      if (may) event.preventDefault();
      return;
    }
    if (event.type === "drop" && may) {
      event.preventDefault();
      const dragged = this.dragged;
      this.settle();
      void this.put(dragged, may);
    }
  }
  private settle(): void {
    this.rows.forEach((row) => row.classList.remove("is-target", "is-dragged"));
    this.dragged = null;
  }

  private async put(row: HTMLTableRowElement, before: HTMLTableRowElement): Promise<void> {
    if (this.running) return;
    const url = row.querySelector<HTMLButtonElement>('button[name="to"]')?.formAction ?? "";
    this.running = true;
    const done = await this.send(url, { before: before.dataset.key ?? "" });
    this.running = false;
    // Under another indicator the server has the page loaded again.
    if (!done || row.dataset.parent !== before.dataset.parent) return;
    before.before(...this.block(row));
    this.tell(`${row.dataset.code} 已移到 ${before.dataset.code} 之前`);
  }
}

customElements.define("dd-outline", OutlineElement);
