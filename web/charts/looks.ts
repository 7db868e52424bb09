// Colours and letters of every chart.
import type { Tone } from "./spec";

const TONES: Record<Tone, string> = { grey: "#8694a5", blue: "#2f74c8", amber: "#d18a13", red: "#c8372d", green: "#2f8f55", purple: "#8a4bbd" };
export const ORDER: Tone[] = ["blue", "amber", "green", "purple", "red", "grey"];
export const INK = "#43505e";
export const LINE = "#dfe5ec";
export const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';

export function tone(name: Tone | undefined, place: number): string {
  return TONES[name ?? ORDER[place % ORDER.length] ?? "blue"];
}

/** Tooltips are drawn inside the picture: an HTML tooltip would need inline styles. */
export const tooltip = { renderMode: "richText" as const, confine: true, backgroundColor: "#fff", borderColor: LINE, textStyle: { color: "#1c2733", fontSize: 12, fontFamily: FONT } };
