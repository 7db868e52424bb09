// <dd-copy data-text="…">: its button copies the text. Without scripts the button stays hidden and the text is marked by a click.
class CopyElement extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector<HTMLButtonElement>("[data-copy]");
    if (!button || !window.isSecureContext || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", this);
  }

  async handleEvent(): Promise<void> {
    const said = this.querySelector<HTMLElement>("[data-copy-said]");
    await navigator.clipboard.writeText(this.dataset.text ?? "");
    if (said) said.textContent = "已复制";
  }
}

customElements.define("dd-copy", CopyElement);
