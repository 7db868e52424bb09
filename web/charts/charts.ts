// ECharts, only the parts in use, drawn as SVG so that charts print sharp and need no inline style.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { axisOptions } from "./axis";
import { ganttOptions } from "./gantt";
import type { ChartSpec, Charts } from "./spec";

echarts.use([BarChart, CustomChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

function draw(host: HTMLElement, spec: ChartSpec): () => void {
  const chart = echarts.init(host, undefined, { renderer: "svg" });
  chart.setOption(spec.kind === "gantt" ? ganttOptions(spec) : axisOptions(spec, host.clientWidth));
  chart.on("click", (event) => {
    const links = spec.kind === "gantt" ? spec.rows.map((row) => row.link) : spec.links;
    const link = links?.[event.dataIndex];
    if (link) location.assign(link);
  });
  const watch = new ResizeObserver(() => chart.resize());
  watch.observe(host);
  return () => {
    watch.disconnect();
    chart.dispose();
  };
}

(window as Window & { ddCharts?: Charts }).ddCharts = { draw };
