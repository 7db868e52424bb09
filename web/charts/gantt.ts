// The chart drawn backwards from the deadline: one bar a step, today and the deadline as lines.
import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from "echarts";
import type { EChartsCoreOption } from "echarts/core";
import { FONT, INK, LINE, tone, tooltip } from "./looks";
import type { GanttSpec } from "./spec";

const DAY = 86_400_000;
const day = (text: string): number => Date.parse(`${text}T00:00:00`);
const words = (time: number): string => {
  const date = new Date(time);
  return `${date.getFullYear()}年${date.getMonth() + 1}月${date.getDate()}日`;
};

export function ganttOptions(spec: GanttSpec): EChartsCoreOption {
  const lines = [
    ...(spec.today ? [{ xAxis: day(spec.today), label: { formatter: "今天" }, lineStyle: { color: "#1a5fb4" } }] : []),
    ...(spec.deadline ? [{ xAxis: day(spec.deadline) + DAY, label: { formatter: "截止" }, lineStyle: { color: "#b3261e" } }] : []),
  ];
  return {
    animation: false,
    textStyle: { fontFamily: FONT, fontSize: 12 },
    aria: { enabled: true },
    grid: { left: 4, right: 24, top: 26, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltip,
      trigger: "item",
      formatter: (point: { dataIndex: number }) => {
        const row = spec.rows[point.dataIndex];
        return row ? `${row.label}${row.word ? `（${row.word}）` : ""}\n${words(day(row.start))}至${words(day(row.end))}` : "";
      },
    },
    xAxis: {
      type: "time",
      splitNumber: 5,
      min: Math.min(...spec.rows.map((row) => day(row.start)), ...(spec.today ? [day(spec.today)] : [])),
      max: Math.max(...spec.rows.map((row) => day(row.end) + DAY), ...(spec.deadline ? [day(spec.deadline) + DAY] : [])),
      axisLabel: { color: INK, fontSize: 12, hideOverlap: true, formatter: { year: "{yyyy}年", month: "{M}月", day: "{M}月{d}日" } },
      axisLine: { lineStyle: { color: LINE } },
      splitLine: { show: true, lineStyle: { color: "#edf0f4" } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: spec.rows.map((row) => row.label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { color: INK, fontSize: 12, width: 200, overflow: "truncate" },
    },
    series: [
      {
        type: "custom",
        renderItem: (_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
          const row = Number(api.value(0));
          const from = api.coord([api.value(1), row]);
          const to = api.coord([api.value(2), row]);
          const size = api.size?.([0, 1]);
          const high = Math.min(18, (Array.isArray(size) ? (size[1] ?? 24) : 24) * 0.6);
          return {
            type: "rect" as const,
            shape: { x: from[0] ?? 0, y: (from[1] ?? 0) - high / 2, width: Math.max(2, (to[0] ?? 0) - (from[0] ?? 0)), height: high, r: 2 },
            style: { fill: tone(spec.rows[row]?.tone, 0) },
          };
        },
        encode: { x: [1, 2], y: 0 },
        data: spec.rows.map((row, place) => [place, day(row.start), day(row.end) + DAY]),
        markLine: lines.length ? { symbol: "none", silent: true, label: { color: INK, fontSize: 12, position: "start" }, data: lines } : undefined,
      },
    ],
  };
}
