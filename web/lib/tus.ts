// One file sent in pieces, as tus 1.0 has it. A piece counts when the server has answered; whatever is lost on the way is asked for
// and sent again. A file announced twice goes on where it was: the server knows it by name, size, time and digest.
import { csrf } from "./dom";

export interface Receipt {
  id: string;
  received: number;
  state: "open" | "done" | "refused" | "cancelled";
  message: string;
  problem?: string;
  item: number | null;
  url: string;
}
export interface Target {
  url: string;
  unit: string;
  evidence: string;
}

/** What ends a file for good: the message is for the person. */
export class Refused extends Error {}
/** The person paused or gave up. */
export class Stopped extends Error {}

const MB = 1024 * 1024;
const LEAST = MB / 4;
const MOST = 8 * MB;
const DIGEST_MOST = 64 * MB;
const PAUSES = [1, 2, 4, 8, 15, 30];

let piece = MB;

/** Sends the file to its end. `told` hears of every step; `wait` is told how long it will be until the next try, and may end it earlier. */
export async function sendFile(
  file: File,
  target: Target,
  signal: AbortSignal,
  told: (row: Receipt) => void,
  wait: (seconds: number, why: string) => Promise<void>,
): Promise<Receipt> {
  let failed = 0;
  let altered = 0;
  let row: Receipt | null = null;
  for (;;) {
    if (signal.aborted) throw new Stopped();
    try {
      // Not broken off: what the server has noted is known here, so that it can be given up.
      row ??= await announce(file, target);
      told(row);
      if (signal.aborted) throw new Stopped();
      if (row.state === "done") return row;
      if (row.state !== "open") throw new Refused(row.message || "没有接收，请重新选择文件。");
      const before: number = row.received;
      row = await next(file, row, target, signal);
      if (row.state === "open" && row.received === 0 && before > 0 && ++altered > 3) {
        throw new Refused("文件在传输中反复出错。请检查文件是否正被修改，重新选择后再传。");
      }
      failed = 0;
    } catch (error) {
      if (error instanceof Refused || error instanceof Stopped) throw error;
      if (signal.aborted) throw new Stopped();
      const seconds = PAUSES[Math.min(failed, PAUSES.length - 1)] ?? 30;
      failed += 1;
      // What is lost on the way is not known here: ask again where it stands.
      row = null;
      piece = Math.max(LEAST, piece / 2);
      await wait(seconds, error instanceof Error && error.message.startsWith("服务器") ? error.message : "网络中断");
    }
  }
}

export async function giveUp(url: string, id: string): Promise<void> {
  await fetch(`${url}${id}/`, { method: "DELETE", headers: { "X-CSRFToken": csrf() }, credentials: "same-origin" });
}

async function announce(file: File, target: Target): Promise<Receipt> {
  const words: Record<string, string> = {
    filename: file.name,
    unit: target.unit,
    modified: String(file.lastModified),
    sha256: await digestOf(file),
  };
  if (target.evidence) words.evidence = target.evidence;
  const metadata = Object.entries(words).filter(([, value]) => value).map(([key, value]) => `${key} ${base64(new TextEncoder().encode(value))}`);
  return ask(target.url, { method: "POST", headers: { "Upload-Length": String(file.size), "Upload-Metadata": metadata.join(",") } });
}

async function next(file: File, row: Receipt, target: Target, signal: AbortSignal): Promise<Receipt> {
  let bytes: ArrayBuffer;
  try {
    bytes = await file.slice(row.received, row.received + piece).arrayBuffer();
  } catch {
    throw new Refused("读不到这个文件，它可能被移动、改名或正被别的程序占用。请重新选择。");
  }
  const headers: Record<string, string> = { "Upload-Offset": String(row.received), "Content-Type": "application/offset+octet-stream" };
  if (crypto.subtle) headers["Upload-Checksum"] = `sha256 ${base64(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))}`;
  const began = performance.now();
  const answer = await ask(`${target.url}${row.id}/`, { method: "PATCH", headers, body: bytes, signal });
  const took = performance.now() - began;
  // Pieces that take a second or so: progress is seen, a broken line loses little, a fast one isn't held up.
  if (took < 700 && bytes.byteLength === piece) piece = Math.min(MOST, piece * 2);
  else if (took > 5000) piece = Math.max(LEAST, piece / 2);
  return answer;
}

async function ask(url: string, init: RequestInit): Promise<Receipt> {
  const headers = { ...(init.headers as Record<string, string>), "X-CSRFToken": csrf(), "Tus-Resumable": "1.0.0", Accept: "application/json" };
  const response = await fetch(url, { ...init, headers, credentials: "same-origin", redirect: "manual" });
  if (response.type === "opaqueredirect") throw new Refused("登录已过期。已传的部分都在，请重新登录后选择同一个文件继续。");
  const json = (response.headers.get("Content-Type") ?? "").includes("json");
  if (json && [200, 201, 409, 460].includes(response.status)) return (await response.json()) as Receipt;
  if (json && response.status === 503) throw new Error(`服务器：${((await response.json()) as Receipt).problem ?? "暂时没有响应"}`);
  if (json) throw new Refused(((await response.json()) as Receipt).message);
  if (response.status === 403) throw new Refused("没有上传的权限，或登录已过期。请刷新页面后再试。");
  if (response.status === 404) throw new Refused("这次上传已经不在了，请重新选择文件。");
  if (response.status === 413) throw new Refused("文件太大，服务器没有接收。请联系系统管理员检查上传限制。");
  throw new Error(`服务器没有正常答复（${response.status}）`);
}

/** Of the whole file, where the browser can (a secure page, not too large): the server then knows whether it has it already. */
async function digestOf(file: File): Promise<string> {
  if (!crypto.subtle || file.size > DIGEST_MOST) return "";
  try {
    const made = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return Array.from(made, (byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    throw new Refused("读不到这个文件，它可能被移动、改名或正被别的程序占用。请重新选择。");
  }
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
