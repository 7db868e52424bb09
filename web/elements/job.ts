// <dd-job data-url>: the state of a long piece of work, asked for again until the answer carries data-job-done.
// The person may leave: the work goes on without this page.
import { fragment } from "../lib/dom";

const FIRST = 700;
const LAST = 5000;

class JobElement extends HTMLElement {
  private timer = 0;
  private pause = FIRST;

  connectedCallback(): void {
    if (!this.querySelector("[data-job-done]")) this.wait();
  }
  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
  }

  private wait(): void {
    this.timer = window.setTimeout(() => void this.ask(), this.pause);
    this.pause = Math.min(this.pause * 1.3, LAST);
  }

  private async ask(): Promise<void> {
    try {
      this.innerHTML = await fragment(this.dataset.url ?? "");
    } catch {
      // The network may be back next time; what is shown stays as it was.
      return this.wait();
    }
    const done = this.querySelector<HTMLElement>("[data-job-done]");
    if (!done) return this.wait();
    if (done.dataset.jobNext) location.assign(done.dataset.jobNext);
    this.dispatchEvent(new CustomEvent("dd:done", { bubbles: true }));
  }
}

customElements.define("dd-job", JobElement);
