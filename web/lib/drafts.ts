// What was typed and hasn't reached the server: localStorage, one entry a form and person, a week at most, gone at log-out. Only what
// waits to be sent by itself (`send`) stays for its owner until it was sent.
import { icon } from "./dom";

const PREFIX = "dd-draft:";
const WEEK = 7 * 24 * 3600 * 1000;

export type Pairs = [name: string, value: string][];

export interface Draft {
  at: number;
  values: Pairs;
  /** Where it goes without its form, with what is hidden in that, and the token that makes a second sending the same save. */
  send?: { url: string; hidden: Pairs; token: string };
  /** Why the server didn't take it. */
  refused?: string;
}

export function readDraft(key: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key) ?? "null") as Draft | null;
    if (draft && !draft.send && Date.now() - draft.at > WEEK) {
      dropDraft(key);
      return null;
    }
    return draft;
  } catch {
    return null;
  }
}

/** False when the browser has no room or no storage: the form must then not promise anything. */
export function writeDraft(key: string, values: Pairs, more: Omit<Draft, "at" | "values"> = {}): boolean {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values, ...more } satisfies Draft));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // No storage, nothing to drop.
  }
}

/** All drafts whose key begins so, in the order in which they were written. */
export function draftsAt(begin: string): [key: string, draft: Draft][] {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + begin)).map((key) => key.slice(PREFIX.length));
    const found = keys.map((key): [string, Draft | null] => [key, readDraft(key)]);
    return found.filter((pair): pair is [string, Draft] => pair[1] !== null).sort((one, other) => one[1].at - other[1].at);
  } catch {
    return [];
  }
}

export function forgetDrafts(): void {
  for (const [key, draft] of draftsAt("")) if (!draft.send || draft.refused) dropDraft(key);
}

/** «There is something that wasn't saved», with what can be done about it. */
export function offerBox(words: string, acts: Record<string, () => void>): HTMLElement {
  const box = document.createElement("div");
  box.className = "dd-message is-warning";
  box.setAttribute("role", "status");
  const said = document.createElement("div");
  said.textContent = words;
  box.append(icon("history"), said);
  for (const [label, act] of Object.entries(acts)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `btn btn-slim ${label === "丢弃" ? "btn-link-plain" : "btn-plain"}`;
    button.textContent = label;
    button.addEventListener("click", () => {
      box.remove();
      act();
    });
    box.append(button);
  }
  return box;
}
