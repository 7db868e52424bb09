// ECharts, only the parts in use, drawn as SVG so that charts print sharp and need no inline style.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { axisOptions } from "./axis";
import { ganttOptions } from "./gantt";
import type { ChartSpec, Charts } from "./spec";

echarts.use([BarChart, CustomChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

/** CSS pixels between the margins of A4 upright, less what a card takes; one column of two, or all of it. */
const HALF_A4 = 296;
const WHOLE_A4 = 630;
const PAPER_HEIGHT = 250;

function draw(host: HTMLElement, spec: ChartSpec, onPaper = false): () => void {
  const chart = echarts.init(host, undefined, { renderer: "svg" });
  chart.setOption(spec.kind === "gantt" ? ganttOptions(spec) : axisOptions(spec, host.clientWidth));
  chart.on("click", (event) => {
    const links = spec.kind === "gantt" ? spec.rows.map((row) => row.link) : spec.links;
    const link = links?.[event.dataIndex];
    if (link) location.assign(link);
  });
  const watch = new ResizeObserver(() => chart.resize());
  watch.observe(host);
  // Paper has another width than the screen, and the layout for it comes too late to be measured.
  const toPaper = (): void => {
    chart.resize({ width: host.closest(".dd-columns-even") ? HALF_A4 : WHOLE_A4, height: PAPER_HEIGHT });
    chart.getZr().flush();
  };
  const toScreen = (): void => chart.resize({ width: "auto", height: "auto" });
  if (onPaper) toPaper();
  window.addEventListener("beforeprint", toPaper);
  window.addEventListener("afterprint", toScreen);
  return () => {
    window.removeEventListener("beforeprint", toPaper);
    window.removeEventListener("afterprint", toScreen);
    watch.disconnect();
    chart.dispose();
  };
}

(window as Window & { ddCharts?: Charts }).ddCharts = { draw };
