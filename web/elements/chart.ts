// <dd-chart> with a <script type="application/json"> inside: loads the charts' script once, and only where there is a chart.
import { meta } from "../lib/dom";
import type { ChartSpec, Charts } from "../charts/spec";

declare global {
  interface Window {
    ddCharts?: Charts;
  }
}

let loading: Promise<Charts> | null = null;

function charts(): Promise<Charts> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = meta("dd-charts");
    script.addEventListener("load", () => (window.ddCharts ? resolve(window.ddCharts) : reject(new Error("charts did not load"))));
    script.addEventListener("error", () => reject(new Error("charts did not load")));
    document.head.append(script);
  });
  return loading;
}

class ChartElement extends HTMLElement {
  private stop: (() => void) | null = null;

  async connectedCallback(): Promise<void> {
    const source = this.querySelector('script[type="application/json"]');
    if (!source?.textContent || this.stop) return;
    const spec = JSON.parse(source.textContent) as ChartSpec;
    try {
      const { draw } = await charts();
      if (this.isConnected) this.stop = draw(this, spec);
    } catch {
      this.textContent = "图表没有加载出来，请刷新页面；数据见下方表格。";
    }
  }

  disconnectedCallback(): void {
    this.stop?.();
    this.stop = null;
  }
}

customElements.define("dd-chart", ChartElement);
