// <dd-confirm>: a button and the <dialog> it opens, which says what will follow and holds the form that does it.
class ConfirmElement extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this);
  }
  disconnectedCallback(): void {
    this.removeEventListener("click", this);
  }

  handleEvent(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const dialog = this.querySelector("dialog");
    if (!dialog) return;
    if (event.target.closest("[data-confirm-open]")) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>("[autofocus], textarea, input:not([type=hidden])")?.focus();
    } else if (event.target.closest("[data-confirm-cancel]")) dialog.close();
  }
}

customElements.define("dd-confirm", ConfirmElement);
