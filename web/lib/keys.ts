// Keyboards of whole pages: a letter is a shortcut unless somebody is typing it.
const TYPED = "textarea, select, input:not([type=radio])";

function free(event: KeyboardEvent): HTMLElement | null {
  return event.target instanceof HTMLElement && !event.isComposing && !document.querySelector("dialog[open]") ? event.target : null;
}

/** The field that the key goes into. */
export function typedIn(event: KeyboardEvent): HTMLElement | null {
  return free(event)?.closest<HTMLElement>(TYPED) ?? null;
}

/** The key that means the page, letters in lower case; «» for one that means something else. */
export function shortcut(event: KeyboardEvent): string {
  const target = free(event);
  if (!target || target.closest(TYPED) || event.ctrlKey || event.metaKey || event.altKey) return "";
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}
