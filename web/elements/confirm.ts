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
      this.fields(dialog, true);
      dialog.addEventListener("close", () => this.fields(dialog, false), { once: true });
      dialog.showModal();
      dialog.querySelector<HTMLElement>("[autofocus], textarea, input:not([type=hidden])")?.focus();
    } else if (event.target.closest("[data-confirm-cancel]")) dialog.close();
  }

  /** Inside a larger form the fields of a closed dialog must neither be asked for nor sent. */
  private fields(dialog: HTMLDialogElement, on: boolean): void {
    dialog.querySelectorAll<HTMLTextAreaElement>("[data-dialog-field]").forEach((field) => (field.disabled = !on));
  }
}

customElements.define("dd-confirm", ConfirmElement);
