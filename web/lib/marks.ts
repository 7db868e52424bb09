// A mark that was saved, shown where it stands: on the reviewer's desk and on the list of a visit.
import type { Saved } from "./autosave";

export interface Marked extends Saved {
  code: string;
  result: string;
  lacks: string;
  why: string;
  by?: string;
  done: number;
}

function putWords(scope: ParentNode, where: string, words: string | undefined): void {
  const node = scope.querySelector(where);
  if (node && words !== undefined) node.textContent = words;
}

/** `scope` holds the mark with its form, `sign` the icon that says how far it is. */
export function showMark(scope: ParentNode, sign: ParentNode | null | undefined, answer: Marked): void {
  putWords(scope, "[data-result]", answer.result);
  putWords(scope, "[data-lacks]", answer.lacks);
  putWords(scope, "[data-why]", answer.why);
  putWords(scope, "[data-by]", answer.by);
  putWords(document, "[data-done]", String(answer.done));
  const use = sign?.querySelector("use");
  const name = answer.lacks === "" ? "circle-check" : answer.lacks === "未评" ? "circle-dashed" : "circle-half-2";
  use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#${name}`));
}
