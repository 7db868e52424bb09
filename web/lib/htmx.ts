// What htmx needs to know of this platform: short addresses, a running line, errors in words,
// no lost keystroke when a list is swapped while somebody types in its search field.
import { isWholePage, say } from "./dom";

interface RequestDetail {
  verb: string;
  elt: Element;
  parameters: Record<string, unknown>;
  formData: FormData;
}
interface SwapDetail {
  xhr: XMLHttpRequest;
  shouldSwap: boolean;
  serverResponse: string;
  target: Element;
  requestConfig: { formData: FormData };
}

let running = 0;
const line = document.createElement("div");
line.className = "dd-loading";
line.hidden = true;

let openDetails: string[] = [];

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, formData } = (event as CustomEvent<RequestDetail>).detail;
  if (verb !== "get") return;
  for (const key of new Set(formData.keys())) {
    const values = formData.getAll(key).filter((value) => value !== "");
    formData.delete(key);
    values.forEach((value) => formData.append(key, value));
  }
});

document.addEventListener("htmx:beforeRequest", () => {
  if (!line.isConnected) document.body.append(line);
  running += 1;
  window.setTimeout(() => (line.hidden = running === 0), 300);
});
document.addEventListener("htmx:afterRequest", () => {
  running = Math.max(0, running - 1);
  if (running === 0) line.hidden = true;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = (event as CustomEvent<SwapDetail>).detail;
  if (isWholePage(detail.serverResponse)) {
    detail.shouldSwap = false;
    // A log-in page, or an error page: show it as what it is.
    if (detail.xhr.status < 400) location.assign(detail.xhr.responseURL || location.href);
    else say(errorText(detail.xhr));
    return;
  }
  const active = document.activeElement;
  if (active instanceof HTMLInputElement && active.type === "search" && detail.target.contains(active)) {
    // Something was typed after this answer was asked for; another request follows at once.
    if (active.value !== (detail.requestConfig.formData.get(active.name) ?? "")) detail.shouldSwap = false;
  }
  openDetails = Array.from(detail.target.querySelectorAll<HTMLDetailsElement>("details[id][open]"), (node) => node.id);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of openDetails) {
    const node = document.getElementById(id);
    if (node instanceof HTMLDetailsElement) node.open = true;
  }
  openDetails = [];
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = (event as CustomEvent<SwapDetail>).detail;
  if (!isWholePage(xhr.responseText)) say(errorText(xhr));
});
document.addEventListener("htmx:sendError", () => say("网络连接中断，页面内容没有变化。请检查网络后再试一次。"));
document.addEventListener("htmx:timeout", () => say("服务器没有及时答复，页面内容没有变化。请稍后再试一次。"));

function errorText(xhr: XMLHttpRequest): string {
  const type = xhr.getResponseHeader("Content-Type") ?? "";
  if (type.startsWith("text/plain") && xhr.responseText) return xhr.responseText;
  const words: Record<number, string> = {
    400: "请求的内容不完整，没有保存。请刷新页面后重新填写。",
    403: "您没有这项操作的权限，或登录已过期。请刷新页面；仍不行请联系本单位管理员。",
    404: "这条内容不存在，或您无权查看。请返回列表重新打开。",
    409: "别人刚刚修改了这条内容，您的操作没有保存。请刷新页面查看最新情况。",
  };
  return words[xhr.status] ?? "服务器出错，操作没有完成。请稍后再试；仍不行请把出错时间告诉系统管理员。";
}
