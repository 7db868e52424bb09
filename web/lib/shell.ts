// The shell's own small manners: folding the menu, closing messages, opening dialogs, printing, forgetting drafts at log-out.
import { setCookie } from "./dom";
import { forgetDrafts } from "./drafts";

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;

  if (event.target.closest("[data-dd-fold]")) {
    const root = document.documentElement;
    const slim = root.dataset.menu !== "slim";
    root.dataset.menu = slim ? "slim" : "wide";
    setCookie("dd_menu", root.dataset.menu, "/");
    event.target.closest("[data-dd-fold]")?.setAttribute("aria-expanded", String(!slim));
    return;
  }
  const closing = event.target.closest("[data-dd-close]");
  if (closing) {
    const dialog = closing.closest("dialog");
    if (dialog) dialog.close();
    else closing.closest(".dd-message")?.remove();
    return;
  }
  const opening = event.target.closest<HTMLElement>("[data-dd-open]");
  if (opening?.dataset.ddOpen) {
    const dialog = document.getElementById(opening.dataset.ddOpen);
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
    return;
  }
  const filters = event.target.closest("[data-dd-filters]");
  if (filters) {
    const open = filters.closest("form")?.classList.toggle("is-open") ?? false;
    filters.setAttribute("aria-expanded", String(open));
  }
  if (event.target.closest("[data-dd-print]")) window.print();

  const barred = event.target.closest('[aria-disabled="true"]');
  if (barred) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  if (event.target instanceof HTMLFormElement && "ddForget" in event.target.dataset) forgetDrafts();
});

// A select that acts at once (page size, appointment switch) submits its own form.
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && "ddSubmit" in event.target.dataset) event.target.form?.requestSubmit();
});
