// A form is sent once: while it is under way its buttons rest. (The server refuses a second sending by its token as well.)
const RELEASE_DOWNLOAD = 2500;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  if ("busy" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  // A listener further on may still refuse; look once they have all spoken.
  window.setTimeout(() => {
    if (event.defaultPrevented && !form.matches("[hx-post]")) return;
    rest(form);
    // A download leaves the page standing, so its buttons must wake up again.
    if ("ddDownload" in form.dataset) window.setTimeout(() => wake(form), RELEASE_DOWNLOAD);
  }, 0);
}, true);

// What a form that saves by itself had still to save is in the submission; sent after it, it would only be refused.
document.addEventListener("htmx:beforeRequest", (event) => {
  const cause = (event as CustomEvent<{ requestConfig: { triggeringEvent?: Event } }>).detail.requestConfig.triggeringEvent;
  if (event.target instanceof HTMLFormElement && "busy" in event.target.dataset && cause?.type !== "submit") event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target instanceof HTMLFormElement) wake(event.target);
});
window.addEventListener("pageshow", () => document.querySelectorAll<HTMLFormElement>("form[data-busy]").forEach(wake));

function buttons(form: HTMLFormElement): HTMLButtonElement[] {
  return Array.from(form.elements).filter((node): node is HTMLButtonElement => node instanceof HTMLButtonElement && node.type === "submit");
}

function rest(form: HTMLFormElement): void {
  form.dataset.busy = "";
  for (const button of buttons(form)) {
    if (button.disabled) continue;
    button.disabled = true;
    button.dataset.rested = "";
  }
}

function wake(form: HTMLFormElement): void {
  delete form.dataset.busy;
  for (const button of buttons(form)) {
    if (!("rested" in button.dataset)) continue;
    button.disabled = false;
    delete button.dataset.rested;
  }
}
