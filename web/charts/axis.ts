// Bars, rankings, piles and lines over named categories.
import type { EChartsCoreOption } from "echarts/core";
import { FONT, INK, LINE, ORDER, tone, tooltip } from "./looks";
import type { BarSpec } from "./spec";

/** Faint patterns tell piles apart on a black-and-white printout. */
const DECALS = [
  { symbol: "none" },
  { color: "rgba(255,255,255,.4)", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
  { color: "rgba(255,255,255,.45)", symbol: "circle", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], symbolSize: 0.5 },
  { color: "rgba(255,255,255,.4)", dashArrayX: [1, 0], dashArrayY: [3, 4] },
];
/** And lines, by their points. */
const SYMBOLS = ["emptyCircle", "rect", "triangle", "diamond", "circle", "emptyRect", "emptyTriangle"];

export function axisOptions(spec: BarSpec, width: number): EChartsCoreOption {
  // Many names fit better one below the other than side by side.
  const flat = spec.kind === "rank" || (spec.kind === "stack" && spec.categories.length > 10);
  const isLine = spec.kind === "line" || spec.kind === "dots";
  const unit = spec.unit ?? "";
  const show = (value: unknown): string => (typeof value === "number" ? `${spec.places === undefined ? value : value.toFixed(spec.places)}${unit}` : "—");
  const room = (width - 60) / Math.max(spec.categories.length, 1);
  const longest = Math.max(...spec.categories.map((name) => name.length), 1);
  const names = {
    type: "category",
    data: spec.categories,
    inverse: flat,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: LINE } },
    axisLabel: { color: INK, fontSize: 12, fontFamily: FONT, interval: spec.kind === "line" ? "auto" : 0, hideOverlap: spec.kind === "line", rotate: flat || room > longest * 12 ? 0 : 40 },
  };
  const single = spec.series.length === 1;
  const numbers = {
    type: "value",
    max: spec.max,
    // Counts have whole steps, coefficients have not.
    minInterval: spec.series.every(({ values }) => values.every((value) => value === null || Number.isInteger(value))) ? 1 : 0,
    splitLine: { show: !flat || !single, lineStyle: { color: "#edf0f4" } },
    axisLabel: { color: INK, fontSize: 12, fontFamily: FONT, show: !flat || !single },
  };
  return {
    animation: false,
    textStyle: { fontFamily: FONT, fontSize: 12 },
    aria: { enabled: true, decal: { show: spec.kind === "stack", decals: DECALS } },
    grid: { left: 4, right: flat ? 44 : 12, top: single ? 14 : 34, bottom: 4, containLabel: true },
    legend: single ? undefined : { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: INK, fontSize: 12, fontFamily: FONT } },
    tooltip: { ...tooltip, trigger: "axis", axisPointer: { type: isLine ? "line" : "shadow" }, valueFormatter: show },
    xAxis: flat ? numbers : names,
    yAxis: flat ? names : numbers,
    series: spec.series.map((series, place) => ({
      type: isLine ? "line" : "bar",
      name: series.name,
      data: series.values,
      stack: spec.kind === "stack" ? "all" : undefined,
      color: tone(series.tone, place),
      barMaxWidth: flat ? 16 : 28,
      symbol: SYMBOLS[place % SYMBOLS.length],
      symbolSize: 7,
      lineStyle: spec.kind === "dots" ? { width: 0 } : { type: place < ORDER.length ? "solid" : "dotted" },
      connectNulls: false,
      cursor: spec.links ? "pointer" : "default",
      label: { show: single && !isLine, position: flat ? "right" : "top", color: INK, fontSize: 12, formatter: (point: { value: unknown }) => show(point.value) },
      markLine:
        place === 0 && spec.mark
          ? { symbol: "none", silent: true, lineStyle: { color: INK, type: "dashed" }, label: { formatter: spec.mark.label, color: INK, fontSize: 12, position: "insideStartTop" }, data: [flat ? { xAxis: spec.mark.value } : { yAxis: spec.mark.value }] }
          : undefined,
    })),
  };
}
