// Clips on their way to the server. A cut connection keeps the file at hand, so that sending it again is one click.
import { signal } from "@preact/signals";
import { Failure, failureOf, unreachable } from "../lib/api";
import { bytes } from "../lib/format";
import { boot } from "../lib/boot";
import { loadSession, namespace, noteFailure, signedOut } from "../state/session";

export interface Upload {
  file: File;
  address: string;
  sent: number; // bytes
  state: "sending" | "failed" | "done";
  problem: string | null;
  done: (address: string) => void; // what becomes of the file once it is there
}

export const upload = signal<Upload | null>(null);
let request: XMLHttpRequest | null = null;

const kinds = ["mp4", "m4v", "mov", "mkv", "webm", "ts", "mts", "avi", "mpg"];

/** refusal says why a file can't be taken, before any of it is sent; null when it can. */
export function refusal(file: { name: string; size: number; type: string }): string | null {
  const kind = file.name.split(".").pop()!.toLowerCase();
  if (!file.type.startsWith("video/") && !kinds.includes(kind)) return `“${file.name}” is no video. Clips are ${kinds.slice(0, 5).map((k) => k.toUpperCase()).join(", ")} and the like.`;
  if (file.size === 0) return `“${file.name}” is empty.`;
  if (file.size > boot.max_file_bytes) return `“${file.name}” is ${bytes(file.size)}; this server takes files up to ${bytes(boot.max_file_bytes)}.`;
  return null;
}

/** addressFor gives each upload a folder of its own: a clip of the same name must not change what older takes were made from. */
export function addressFor(name: string, owner: string, at = new Date()): string {
  const stamp = at.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-") + "-" + Math.random().toString(36).slice(2, 6);
  const plain = name.normalize("NFC").replace(/[\\/\u0000-\u001f\u007f]/g, "_").replace(/^\.+/, "_").slice(-120);
  return `/api/repos/${encodeURIComponent(owner)}/uploads/file/main/${stamp}/${encodeURIComponent(plain)}`;
}

/** resend sends what failed once more. */
export function resend(): void {
  const u = upload.peek();
  if (u?.state === "failed") void send(u.file, u.done);
}

/** send uploads a file and calls done with its address. */
export async function send(file: File, done: (address: string) => void): Promise<void> {
  cancel();
  const before = upload.peek();
  const mine: Upload = { file, address: "", sent: 0, state: "sending", problem: null, done };
  upload.value = mine;
  if (!namespace.peek()) await loadSession(); // the server may have been away when the page was opened
  if (upload.peek() !== mine) return; // stopped
  const owner = namespace.peek();
  if (!owner) {
    upload.value = { ...mine, state: "failed", problem: signedOut.peek() ? "Nothing was sent, as you are signed out." : unreachable };
    return;
  }
  const again = before?.file === file && before.address && before.state === "failed" ? before.address : addressFor(file.name, owner);
  const set = (changes: Partial<Upload>) => (upload.value = { ...upload.peek()!, ...changes });
  upload.value = { ...mine, address: again };
  const xhr = (request = new XMLHttpRequest());
  xhr.open("PUT", again);
  xhr.setRequestHeader("Content-Type", "application/octet-stream");
  xhr.upload.onprogress = (e) => set({ sent: e.loaded });
  const fail = (problem: Failure) => {
    noteFailure(problem);
    set({ state: "failed", problem: problem.message });
  };
  xhr.onload = () => {
    if (xhr.status !== 200) return fail(failureOf(xhr.status, xhr.responseText));
    set({ state: "done", sent: file.size });
    done(again);
  };
  xhr.onerror = async () => {
    const sent = bytes(upload.peek()?.sent ?? 0);
    const there = await readable(file);
    if (request !== xhr) return; // stopped, or sent again
    fail(new Failure(there ? `The connection was cut after ${sent}. Send it again once it is back.` : `“${file.name}” changed or is gone since it was chosen. Choose it once more.`, 0));
    void loadSession(); // a sign-in that has ended looks like a cut connection
  };
  addEventListener("beforeunload", stay);
  xhr.send(file);
}

/** readable reports whether a chosen file is still where it was: browsers read it only while they send it. */
async function readable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** stay lets the browser ask before the page is left while a file is being sent. */
function stay(e: BeforeUnloadEvent): void {
  if (upload.peek()?.state === "sending") e.preventDefault();
}

/** cancel stops an upload that is under way. */
export function cancel(): void {
  request?.abort();
  request = null;
  if (upload.peek()?.state === "sending") upload.value = null;
}
