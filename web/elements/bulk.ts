// <dd-bulk data-total="N"> around a list's form: the head's box marks the page, the bar appears with a selection,
// and when the whole page is marked offers the rest of what the filter found.
class BulkElement extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", this);
    this.addEventListener("click", this);
    this.show();
  }
  disconnectedCallback(): void {
    this.removeEventListener("change", this);
    this.removeEventListener("click", this);
  }

  handleEvent(event: Event): void {
    const node = event.target;
    if (!(node instanceof Element)) return;
    if (event.type === "change" && node instanceof HTMLInputElement) {
      if ("bulkPage" in node.dataset) this.boxes.forEach((box) => (box.checked = node.checked));
      else if (!("bulkRow" in node.dataset)) return;
      this.everything(false);
      this.show();
    } else if (event.type === "click") {
      if (node.closest("[data-bulk-everything]")) {
        this.everything(true);
        this.show();
      } else if (node.closest("[data-bulk-clear]")) {
        this.boxes.forEach((box) => (box.checked = false));
        this.everything(false);
        this.show();
      }
    }
  }

  private get boxes(): HTMLInputElement[] {
    return Array.from(this.querySelectorAll<HTMLInputElement>("input[data-bulk-row]"));
  }
  private get flag(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("input[data-bulk-flag]");
  }
  private everything(on: boolean): void {
    if (this.flag) this.flag.value = on ? "1" : "";
  }

  private show(): void {
    const boxes = this.boxes;
    const marked = boxes.filter((box) => box.checked);
    const whole = this.flag?.value === "1";
    const total = Number(this.dataset.total ?? boxes.length);
    boxes.forEach((box) => box.closest("tr")?.classList.toggle("is-selected", box.checked));
    const page = this.querySelector<HTMLInputElement>("input[data-bulk-page]");
    if (page) {
      page.checked = boxes.length > 0 && marked.length === boxes.length;
      page.indeterminate = marked.length > 0 && !page.checked;
    }
    const bar = this.querySelector<HTMLElement>("[data-bulk-bar]");
    if (bar) bar.hidden = marked.length === 0;
    const count = this.querySelector<HTMLElement>("[data-bulk-count]");
    if (count) count.textContent = String(whole ? total : marked.length);
    const rest = this.querySelector<HTMLElement>("[data-bulk-everything]");
    if (rest) rest.hidden = whole || !page?.checked || total <= boxes.length;
  }
}

customElements.define("dd-bulk", BulkElement);
