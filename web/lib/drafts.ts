// Where drafts of forms are kept: localStorage, one entry a form and person, a week at most, gone at log-out.
const PREFIX = "dd-draft:";
const WEEK = 7 * 24 * 3600 * 1000;

export interface Draft {
  at: number;
  values: [string, string][];
}

export function readDraft(key: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key) ?? "null") as Draft | null;
    if (draft && Date.now() - draft.at > WEEK) {
      dropDraft(key);
      return null;
    }
    return draft;
  } catch {
    return null;
  }
}

/** False when the browser has no room or no storage: the form must then not promise anything. */
export function writeDraft(key: string, values: [string, string][]): boolean {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values } satisfies Draft));
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

export function forgetDrafts(): void {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => localStorage.removeItem(key));
  } catch {
    // No storage, nothing to forget.
  }
}
