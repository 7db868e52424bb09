// Small helpers that more than one element needs.

/** An icon of the sprite; the sprite's address stands in the page's head because its name carries a digest. */
export function icon(name: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${meta("dd-icons")}#${name}`);
  svg.append(use);
  return svg;
}

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

const loading = new Map<string, Promise<void>>();

/** Loads a script that few pages need, once; the page's head says where it is. */
export function script(name: string): Promise<void> {
  const known = loading.get(name);
  if (known) return known;
  const begun = new Promise<void>((resolve, reject) => {
    const node = document.createElement("script");
    node.src = meta(name);
    node.addEventListener("load", () => resolve());
    node.addEventListener("error", () => {
      loading.delete(name);
      reject(new Error(`${name} did not load`));
    });
    document.head.append(node);
  });
  loading.set(name, begun);
  return begun;
}

export function setCookie(name: string, value: string, path: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=${path}; max-age=31536000; samesite=lax`;
}

/** Fetches a fragment of a page (by POST where there is a body); a whole page in its place means that the session has ended. */
export async function fragment(url: string, signal?: AbortSignal, body?: FormData): Promise<string> {
  const init: RequestInit = { headers: { "HX-Request": "true" }, credentials: "same-origin" };
  if (body) Object.assign(init, { method: "POST", body });
  if (signal) init.signal = signal;
  const response = await fetch(url, init);
  const text = await response.text();
  if (isWholePage(text)) {
    location.reload();
    throw new Error("session ended");
  }
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return text;
}

export function isWholePage(text: string): boolean {
  return text.slice(0, 200).trimStart().toLowerCase().startsWith("<!doctype");
}

/** Says something at the top of the page, in the region that screen readers follow. */
export function say(text: string, tone: "info" | "success" | "warning" | "error" = "error"): void {
  const region = document.getElementById("messages");
  if (!region) return;
  const names = { info: "info-circle", success: "circle-check", warning: "alert-triangle", error: "alert-circle" };
  const box = document.createElement("div");
  box.className = `dd-message is-${tone}`;
  const words = document.createElement("div");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "dd-close";
  close.dataset.ddClose = "";
  close.setAttribute("aria-label", "关闭这条消息");
  close.append(icon("x"));
  box.append(icon(names[tone]), words, close);
  region.append(box);
  box.scrollIntoView({ block: "nearest" });
}

export function timeOfDay(date: Date): string {
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

/** What the server wants beside a form's session; the page carries it for htmx. */
export function csrf(): string {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
  return headers["X-CSRFToken"] ?? "";
}

/** A random UUID for what may be sent twice. (`crypto.randomUUID` is missing where a page comes without TLS.) */
export function token(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Who is signed in at this browser now, «» for nobody, null where the server can't be asked. If it is still (or again, by another tab)
 * the person of this page, the page goes on under the present session.
 */
export async function signedIn(): Promise<string | null> {
  try {
    const response = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
    if (response.type === "opaqueredirect") return "";
    if (response.status >= 500) return null;
    // The page is closed to whoever it is: what was refused is refused.
    if (!response.ok) return document.body.dataset.person ?? "";
    const { body } = new DOMParser().parseFromString(await response.text(), "text/html");
    const { person = "" } = body.dataset;
    if (person === document.body.dataset.person) document.body.setAttribute("hx-headers", body.getAttribute("hx-headers") ?? "");
    return person;
  } catch {
    return null;
  }
}
