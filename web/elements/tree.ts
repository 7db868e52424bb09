// <dd-tree>: nested lists whose children come when asked for. A toggle carries data-url; its answer is <li>s.
// Arrow keys move as in any tree: right opens, left closes, up and down go from row to row.
import { fragment, say } from "../lib/dom";

class TreeElement extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
  }
  disconnectedCallback(): void {
    this.removeEventListener("click", this);
    this.removeEventListener("keydown", this);
  }

  handleEvent(event: Event): void {
    if (!(event.target instanceof Element)) return;
    if (event instanceof KeyboardEvent) return this.key(event);
    const more = event.target.closest<HTMLButtonElement>("[data-tree-more]");
    if (more) return void this.more(more);
    const toggle = event.target.closest<HTMLButtonElement>("[data-tree-toggle]");
    if (toggle) void this.toggle(toggle, toggle.getAttribute("aria-expanded") !== "true");
  }

  private async toggle(toggle: HTMLButtonElement, open: boolean): Promise<void> {
    const item = toggle.closest("li");
    if (!item) return;
    let list = item.querySelector<HTMLUListElement>(":scope > ul");
    if (open && !list) {
      if ("busy" in toggle.dataset) return;
      toggle.dataset.busy = "";
      try {
        const html = await fragment(toggle.dataset.url ?? "");
        list = document.createElement("ul");
        list.innerHTML = html;
        item.append(list);
      } catch {
        say("下级没有取到，请检查网络后再点一次。");
        return;
      } finally {
        delete toggle.dataset.busy;
      }
    }
    if (list) list.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
  }

  private async more(button: HTMLButtonElement): Promise<void> {
    const item = button.closest("li");
    button.disabled = true;
    try {
      const html = await fragment(button.dataset.url ?? "");
      item?.insertAdjacentHTML("afterend", html);
      item?.remove();
    } catch {
      button.disabled = false;
      say("没有取到更多内容，请检查网络后再点一次。");
    }
  }

  private key(event: KeyboardEvent): void {
    const row = event.target instanceof Element ? event.target.closest(".dd-tree-row") : null;
    if (!row) return;
    const rows = Array.from(this.querySelectorAll<HTMLElement>(".dd-tree-row")).filter((node) => node.offsetParent !== null);
    const at = rows.indexOf(row as HTMLElement);
    const toggle = row.querySelector<HTMLButtonElement>("[data-tree-toggle]");
    const open = toggle?.getAttribute("aria-expanded") === "true";
    switch (event.key) {
      case "ArrowDown":
        focusRow(rows[at + 1]);
        break;
      case "ArrowUp":
        focusRow(rows[at - 1]);
        break;
      case "ArrowRight":
        if (toggle && !open) void this.toggle(toggle, true);
        else focusRow(rows[at + 1]);
        break;
      case "ArrowLeft":
        if (toggle && open) void this.toggle(toggle, false);
        else focusRow(row.closest("li")?.parentElement?.closest("li")?.querySelector<HTMLElement>(".dd-tree-row") ?? undefined);
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}

function focusRow(row: HTMLElement | undefined): void {
  (row?.querySelector<HTMLElement>("a, input") ?? row?.querySelector<HTMLElement>("[data-tree-toggle]"))?.focus();
}

customElements.define("dd-tree", TreeElement);
