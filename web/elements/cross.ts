// <dd-cross> around a table of checkboxes: a button in a head takes its whole row or column, the arrow keys walk from box to box, and a
// line says how much is chosen. Without it every box is ticked by itself.
class CrossElement extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this);
    this.addEventListener("change", this);
    this.addEventListener("keydown", this);
    this.count();
  }
  disconnectedCallback(): void {
    this.removeEventListener("click", this);
    this.removeEventListener("change", this);
    this.removeEventListener("keydown", this);
  }

  handleEvent(event: Event): void {
    if (!(event.target instanceof Element)) return;
    if (event.type === "change") return this.count();
    if (event.type === "keydown") return this.walk(event as KeyboardEvent);
    const button = event.target.closest<HTMLElement>("[data-cross-row], [data-cross-column]");
    if (!button) return;
    const column = button.dataset.crossColumn;
    this.toggle(column === undefined ? boxes(button.closest("tr")) : boxes(this).filter((box) => box.value === column));
  }

  /** All of them, or none where all are chosen already. */
  private toggle(chosen: HTMLInputElement[]): void {
    const on = chosen.some((box) => !box.checked);
    for (const box of chosen) box.checked = on;
    chosen[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private walk(event: KeyboardEvent): void {
    const box = event.target;
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox" || !step) return;
    event.preventDefault();
    const cell = box.closest("td") as HTMLTableCellElement;
    let row: HTMLTableRowElement | null = cell.parentElement as HTMLTableRowElement;
    let place = cell.cellIndex;
    // What was handed down already is no box: step over it.
    for (;;) {
      place += step[1] as number;
      if (step[0]) row = (step[0] > 0 ? row.nextElementSibling : row.previousElementSibling) as HTMLTableRowElement | null;
      const next = row?.cells[place];
      if (!row || !next) return;
      const found = next.querySelector<HTMLInputElement>('input[type="checkbox"]');
      if (found) return found.focus();
    }
  }

  private count(): void {
    const chosen = boxes(this).filter((box) => box.checked);
    const rows = new Set(chosen.map((box) => box.closest("tr")));
    const open = Array.from(this.querySelectorAll("tbody tr")).filter((row) => boxes(row).length).length - rows.size;
    const place = this.querySelector("[data-cross-count]");
    if (place) place.textContent = `已选 ${rows.size} 项任务、${new Set(chosen.map((box) => box.value)).size} 个单位，共 ${chosen.length} 份${open ? `；还有 ${open} 项没有选承办单位` : ""}`;
  }
}

function boxes(of: Element | null): HTMLInputElement[] {
  return Array.from(of?.querySelectorAll<HTMLInputElement>('input[type="checkbox"]') ?? []);
}

customElements.define("dd-cross", CrossElement);
