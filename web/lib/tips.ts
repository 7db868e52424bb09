// Tooltips by delegation: whatever has data-dd-tip shows it on hover and on keyboard focus.
import Tooltip from "bootstrap/js/dist/tooltip";

function show(event: Event): void {
  if (!(event.target instanceof Element)) return;
  const node = event.target.closest<HTMLElement>("[data-dd-tip]");
  if (!node || Tooltip.getInstance(node)) return;
  new Tooltip(node, { title: node.dataset.ddTip ?? "", trigger: "hover focus", container: "body" }).show();
}

document.addEventListener("pointerover", show);
document.addEventListener("focusin", show);
document.addEventListener("htmx:beforeSwap", () => document.querySelectorAll(".tooltip").forEach((node) => node.remove()));
