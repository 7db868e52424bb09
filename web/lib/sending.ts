// One file on its way into the library, by tus (https://tus.io): tus-js-client announces it, sends it in pieces and tries again; here is
// what the server says of it, and that in words. A file announced twice goes on where it was: the server knows it by name, size, time
// and digest, also from another browser. The announcement carries no bytes, its answer says how much the server has. A script of its
// own, loaded by <dd-uploads>.
import { Upload, type DetailedError, type HttpRequest, type HttpResponse } from "tus-js-client";
import { csrf, signedIn } from "./dom";

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
export interface Told {
  step(row: Receipt): void;
  waits(seconds: number, why: string): void;
  done(row: Receipt): void;
  refused(why: string): void;
}

const MB = 1024 * 1024;
const LEAST = MB / 4;
const MOST = 8 * MB;
const DIGEST_MOST = 64 * MB;
const PAUSES = [1, 2, 4, 8, 15, ...Array<number>(2000).fill(30)];
const UNREADABLE = "读不到这个文件，它可能被移动、改名或正被别的程序占用。请重新选择。";

// Pieces that take a second or so: progress is seen, a broken line loses little, a fast one isn't held up.
let piece = MB;

class Sending {
  private upload: Upload | null = null;
  /** The announcement is never broken off: what the server has noted is known here, so that it can be given up. */
  private announcing = false;
  private dropped = false;
  private stopped = false;
  private altered = 0;

  constructor(
    private readonly file: File,
    private readonly target: Target,
    private readonly told: Told,
  ) {}

  async start(): Promise<void> {
    this.stopped = false;
    if (this.announcing) return;
    this.announcing = !this.upload;
    try {
      this.upload ??= await this.made();
    } catch {
      return this.told.refused(UNREADABLE);
    }
    this.upload.start();
  }

  pause(): void {
    this.stopped = true;
    if (!this.announcing) void this.upload?.abort();
  }

  /** Tries at once instead of waiting on. */
  hurry(): void {
    void this.upload?.abort().then(() => this.upload?.start());
  }

  /** What was begun on the server is given up there too, also where its answer is still to come. */
  drop(): void {
    this.dropped = true;
    if (!this.announcing) void this.upload?.abort(true).catch(() => undefined);
  }

  private async made(): Promise<Upload> {
    const { file, target } = this;
    const metadata = { filename: file.name, unit: target.unit, modified: String(file.lastModified), sha256: await digestOf(file), evidence: target.evidence };
    let began = 0;
    const upload: Upload = new Upload(file, {
      ...asked,
      endpoint: target.url,
      metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value)),
      chunkSize: 0,
      uploadDataDuringCreation: true,
      storeFingerprintForResuming: false,
      retryDelays: PAUSES.map((seconds) => seconds * 1000),
      onUploadUrlAvailable: () => {
        this.announcing = false;
        upload.options.chunkSize = piece;
        if (this.dropped) this.drop();
        else if (this.stopped) this.pause();
      },
      onBeforeRequest: (request) => {
        asked.onBeforeRequest(request);
        began = performance.now();
      },
      onAfterResponse: (request, response) => {
        const row = receiptOf(response);
        if (row) this.told.step(row);
        if (request.getMethod() !== "PATCH" || response.getStatus() >= 300) return;
        const took = performance.now() - began;
        if (took < 700) piece = Math.min(MOST, piece * 2);
        else if (took > 5000) piece = Math.max(LEAST, piece / 2);
        upload.options.chunkSize = piece;
      },
      onShouldRetry: (error, attempt) => {
        const status = statusOf(error);
        if (status && status !== 409 && status < 500) return false;
        const row = receiptOf(error.originalResponse);
        if (status === 409 && row?.received === 0 && ++this.altered > 3) return false;
        upload.options.chunkSize = piece = Math.max(LEAST, piece / 2);
        const why = row?.problem ? `服务器：${row.problem}` : status >= 500 ? `服务器没有正常答复（${status}）` : "网络中断";
        this.told.waits(PAUSES[attempt] ?? 30, why);
        return true;
      },
      onError: (error) => void this.failed(error as DetailedError),
      onSuccess: ({ lastResponse }) => void this.ended(receiptOf(lastResponse)),
    });
    return upload;
  }

  private async ended(row: Receipt | null): Promise<void> {
    try {
      row ??= (await (await fetch(this.upload?.url ?? "", { credentials: "same-origin", headers: { Accept: "application/json" } })).json()) as Receipt;
    } catch {
      return this.hurry();
    }
    if (row.state === "done") this.told.done(row);
    else this.told.refused(row.message || "没有接收，请重新选择文件。");
  }

  private async failed(error: DetailedError): Promise<void> {
    const status = statusOf(error);
    const words: Record<number, string> = {
      0: UNREADABLE,
      403: "没有上传的权限，请刷新页面后再试。",
      404: "这次上传已经不在了，请重新选择文件。",
      409: "文件在传输中反复出错。请检查文件是否正被修改，重新选择后再传。",
      413: "文件太大，服务器没有接收。请联系系统管理员检查上传限制。",
    };
    const said = receiptOf(error.originalResponse)?.message;
    if (!said && status && (await signedIn()) !== document.body.dataset.person) {
      return this.told.refused("登录已过期。已传的部分都在，请重新登录后选择同一个文件继续。");
    }
    this.told.refused((status !== 409 && said) || words[status] || `没有传成（${status}），请重新选择文件。`);
  }
}

async function giveUp(url: string): Promise<void> {
  await Upload.terminate(url, asked);
}

const asked = {
  onBeforeRequest: (request: HttpRequest): void => {
    request.setHeader("X-CSRFToken", csrf());
    request.setHeader("Accept", "application/json");
  },
};

function statusOf(error: DetailedError): number {
  return error.originalResponse?.getStatus() ?? 0;
}

function receiptOf(response: HttpResponse | null | undefined): Receipt | null {
  try {
    return JSON.parse(response?.getBody() ?? "") as Receipt;
  } catch {
    return null;
  }
}

/** Of the whole file, where the browser can (a secure page, not too large): the server then knows whether it has it already. */
async function digestOf(file: File): Promise<string> {
  if (!crypto.subtle || file.size > DIGEST_MOST) return "";
  const made = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(made, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Sender {
  Sending: typeof Sending;
  giveUp: typeof giveUp;
}
declare global {
  interface Window {
    ddSending?: Sender;
  }
}
window.ddSending = { Sending, giveUp };
