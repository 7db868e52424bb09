// <dd-digest data-issued="…" data-sealed="…">: compares a chosen file with the issued one without sending it anywhere. Only where the
// browser offers digests (HTTPS); elsewhere the form around it sends the file to be hashed, and says the same.
class DigestElement extends HTMLElement {
  connectedCallback(): void {
    if (!window.isSecureContext || !crypto.subtle) return;
    this.addEventListener("change", this);
  }
  disconnectedCallback(): void {
    this.removeEventListener("change", this);
  }

  async handleEvent(event: Event): Promise<void> {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
    const file = input.files?.[0];
    const said = this.querySelector<HTMLElement>("[data-digest-said]");
    if (!file || !said) return;
    said.textContent = "正在比对……";
    const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const digest = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (digest === this.dataset.issued) said.textContent = `“${file.name}”与印发的 PDF 完全一致。`;
    else if (digest === this.dataset.sealed) said.textContent = `“${file.name}”与发文单位留存的盖章扫描件完全一致。`;
    else said.textContent = `“${file.name}”与印发的文件不一致：可能被改动过，也可能是重新扫描、打印或另存的文件。`;
  }
}

customElements.define("dd-digest", DigestElement);
