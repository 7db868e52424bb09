// <dd-columns data-cookie data-region>: which columns a person wants. The choice goes into a cookie of this page,
// so that the server draws just these (and exports them), and the list is drawn anew.
import htmx from "htmx.org";
import { setCookie } from "../lib/dom";

class ColumnsElement extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", this);
  }
  disconnectedCallback(): void {
    this.removeEventListener("change", this);
  }

  handleEvent(event: Event): void {
    event.stopPropagation();
    const keys = Array.from(this.querySelectorAll<HTMLInputElement>("input:checked"), (box) => box.value);
    setCookie(this.dataset.cookie ?? "dd_cols", keys.join(".") || "-", location.pathname);
    const region = this.dataset.region ?? "";
    void htmx.ajax("get", location.pathname + location.search, { target: `#${region}`, source: `#${region}`, swap: "outerHTML" });
  }
}

customElements.define("dd-columns", ColumnsElement);
