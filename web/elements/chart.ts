// <dd-chart> with a <script type="application/json"> inside: loads the charts' script once, only where there is a chart, and draws
// each chart when it comes near the window. What was never looked at is drawn for the printer. Offers the chart as a picture with its
// title on it, for who writes a report.
import { picture } from "../charts/picture";
import { icon, script } from "../lib/dom";
import type { ChartSpec, Charts } from "../charts/spec";

declare global {
  interface Window {
    ddCharts?: Charts;
  }
}

async function charts(): Promise<Charts> {
  await script("dd-charts");
  return window.ddCharts as Charts;
}

/** Charts that have not been drawn. */
const waiting = new Set<ChartElement>();

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting && target instanceof ChartElement) void target.load();
  },
  { rootMargin: "400px" },
);

// The printer doesn't wait: the script has to be there before, and stays out of the way until the page is.
const idle = (): void => void requestIdleCallback(() => waiting.size && charts().catch(() => undefined), { timeout: 3000 });
if (document.readyState === "complete") idle();
else window.addEventListener("load", idle);
window.addEventListener("beforeprint", () => {
  for (const chart of [...waiting]) chart.draw(true);
});

class ChartElement extends HTMLElement {
  private stop: (() => void) | null = null;

  connectedCallback(): void {
    if (this.stop || !this.querySelector('script[type="application/json"]')) return;
    waiting.add(this);
    near.observe(this);
  }

  disconnectedCallback(): void {
    this.leave();
    this.stop?.();
    this.stop = null;
  }

  async load(): Promise<void> {
    try {
      await charts();
      this.draw();
    } catch {
      this.leave();
      this.textContent = "图表没有加载出来，请刷新页面；数据见下方表格。";
    }
  }

  draw(onPaper = false): void {
    const source = this.querySelector('script[type="application/json"]')?.textContent;
    if (!source || !window.ddCharts || !waiting.has(this)) return;
    this.leave();
    this.stop = window.ddCharts.draw(this, JSON.parse(source) as ChartSpec, onPaper);
    this.offer();
  }

  private offer(): void {
    const head = this.closest(".card")?.querySelector(".card-header");
    const title = this.getAttribute("aria-label") ?? "";
    if (!head || !title || head.querySelector("[data-dd-picture]")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-plain btn-slim dd-no-print";
    button.dataset.ddPicture = "";
    button.setAttribute("aria-label", `存为图片：${title}`);
    button.append(icon("download"), "存为图片");
    button.addEventListener("click", () => {
      const drawn = this.querySelector("svg");
      if (drawn) void picture(drawn, title);
    });
    head.append(button);
  }

  private leave(): void {
    waiting.delete(this);
    near.unobserve(this);
  }
}

customElements.define("dd-chart", ChartElement);
