// <dd-rows> around a table of text areas named «name-row-column»: adds and drops rows, takes what was copied in Excel, and grows
// for a draft that is restored. Without it the empty rows at the end are there to type into.
class RowsElement extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this);
    this.addEventListener("paste", this);
    this.closest("form")?.addEventListener("dd:fill", this);
  }
  disconnectedCallback(): void {
    this.removeEventListener("click", this);
    this.removeEventListener("paste", this);
    this.closest("form")?.removeEventListener("dd:fill", this);
  }

  handleEvent(event: Event): void {
    if (event.type === "paste") return this.paste(event as ClipboardEvent);
    if (event.type === "dd:fill") return this.grow((event as CustomEvent<[string, string][]>).detail);
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-row-add]")) this.add().querySelector("textarea")?.focus();
    const drop = event.target.closest("[data-row-drop]");
    if (drop) this.drop(drop.closest("tr"));
  }

  private get body(): HTMLTableSectionElement {
    return this.querySelector("tbody") as HTMLTableSectionElement;
  }
  private get base(): string {
    return (this.querySelector("textarea")?.name ?? "").replace(/-\d+-\d+$/, "");
  }

  private add(): HTMLTableRowElement {
    const rows = this.body.rows;
    const last = rows[rows.length - 1] as HTMLTableRowElement;
    const made = last.cloneNode(true) as HTMLTableRowElement;
    const number = Number(/-(\d+)-\d+$/.exec(last.querySelector("textarea")?.name ?? "")?.[1] ?? rows.length) + 1;
    made.querySelectorAll("textarea").forEach((area, column) => {
      area.value = area.textContent = "";
      area.name = `${this.base}-${number}-${column}`;
      area.setAttribute("aria-label", `第 ${number} 行第 ${column + 1} 栏`);
    });
    made.querySelector("[data-row-drop]")?.setAttribute("aria-label", `删除第 ${number} 行`);
    this.body.append(made);
    return made;
  }

  private drop(row: HTMLTableRowElement | null): void {
    if (!row) return;
    const areas = row.querySelectorAll("textarea");
    areas.forEach((area) => (area.value = ""));
    areas[0]?.dispatchEvent(new Event("input", { bubbles: true }));
    if (this.body.rows.length > 1) row.remove();
  }

  /** Cells copied in Excel go to the right and down from the cell they are pasted into; plain text goes where it always goes. */
  private paste(event: ClipboardEvent): void {
    const area = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!(area instanceof HTMLTextAreaElement) || !text.includes("\t")) return;
    event.preventDefault();
    const start = area.closest("tr") as HTMLTableRowElement;
    const column = Array.from(start.querySelectorAll("textarea")).indexOf(area);
    let row: HTMLTableRowElement | null = start;
    for (const line of text.replace(/\r/g, "").replace(/\n$/, "").split("\n")) {
      const areas: NodeListOf<HTMLTextAreaElement> = (row ??= this.add()).querySelectorAll("textarea");
      line.split("\t").forEach((cell, place) => {
        const target = areas[column + place];
        if (target) target.value = cell.trim();
      });
      row = row.nextElementSibling as HTMLTableRowElement | null;
    }
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private grow(values: [string, string][]): void {
    const pattern = new RegExp(`^${this.base}-(\\d+)-\\d+$`);
    const most = Math.max(0, ...values.map(([name]) => Number(pattern.exec(name)?.[1] ?? 0)));
    const known = () => Number(/-(\d+)-\d+$/.exec(this.body.querySelector("tr:last-child textarea")?.getAttribute("name") ?? "")?.[1] ?? 0);
    while (known() < most && known() < 2000) this.add();
  }
}

customElements.define("dd-rows", RowsElement);
