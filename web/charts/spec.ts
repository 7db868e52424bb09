// What a page says of a chart; the looks are decided in charts.ts, so that the same thing looks the same everywhere.
export type Tone = "grey" | "blue" | "amber" | "red" | "green" | "purple";

interface Series {
  name: string;
  /** null is unknown and draws nothing; it is never zero. */
  values: (number | null)[];
  tone?: Tone;
}

export interface BarSpec {
  /** "rank" are horizontal bars, longest on top as given; "stack" piles the series; "line" joins them, "dots" doesn't. */
  kind: "bar" | "rank" | "stack" | "line" | "dots";
  categories: string[];
  series: Series[];
  unit?: string;
  /** How many decimals every number has; as they come without it. */
  places?: number;
  /** One address a category: the list behind the bar. */
  links?: (string | null)[];
  /** A line to compare with. */
  mark?: { value: number; label: string };
  max?: number;
}

export interface GanttSpec {
  kind: "gantt";
  rows: { label: string; start: string; end: string; tone?: Tone; word?: string; link?: string }[];
  /** Day of today, and of the deadline, as YYYY-MM-DD. */
  today?: string;
  deadline?: string;
}

export type ChartSpec = BarSpec | GanttSpec;

export interface Charts {
  /** Draws into an element, at once in the size of paper while the page is being printed; answers how to take it away again. */
  draw(host: HTMLElement, spec: ChartSpec, onPaper?: boolean): () => void;
}
