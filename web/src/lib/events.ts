// The server's event stream. The browser resumes a cut connection by itself; what it gives up on is opened again here.
import { signal } from "@preact/signals";
import type { Row } from "./api";

export interface TakeEvent {
  name: string;
  generation_id: string;
  status?: string;
  phase?: string;
  progress?: number; // 0 to 1
  eta_seconds?: number | null;
  error?: string;
}

const names = ["media_generation_progress", "media_generation_completed", "media_generation_cancelled", "media_generation_queued", "media_generation_deleted"];

export type Connection = "connecting" | "open" | "lost";
export const connection = signal<Connection>("connecting");

/** opened counts how often the stream has begun. Whoever could not reach the server looks again when it changes. */
export const opened = signal(0);

const heard = new Map<string, TakeEvent>(); // the last progress of each running take

/** asHeard adds to a row what an event has told of it meanwhile: the server stores progress less often than it tells of it. */
export function asHeard(row: Row): Row {
  const e = heard.get(row.generation_id);
  if (!e || row.status !== "processing" || (e.progress ?? 0) < row.progress) return row;
  return { ...row, phase: e.phase ?? row.phase, progress: e.progress ?? row.progress, eta_seconds: e.eta_seconds ?? null };
}

/** advanced is a row as an event of its progress tells of it. */
export function advanced(row: Row, e: TakeEvent): Row {
  return { ...row, status: "processing", phase: e.phase ?? null, progress: e.progress ?? row.progress, eta_seconds: e.eta_seconds ?? null, queue_position: null };
}

/** dropBegun reports whether rows were read as waiting that run by what an event told, and forgets those events: such rows are to be read again, once. */
export function dropBegun(rows: Row[]): boolean {
  const begun = rows.filter((row) => row.status === "queued" && heard.has(row.generation_id));
  for (const row of begun) heard.delete(row.generation_id);
  return begun.length > 0;
}

function note(e: TakeEvent): void {
  if (e.name === "media_generation_progress") heard.set(e.generation_id, e);
  else heard.delete(e.generation_id);
}

const retryAfter = 2000; // milliseconds, growing while it does not help
const longestRetry = 10000;

/**
 * listen calls onEvent for each event, and resync when something may have been missed: each time the stream begins anew,
 * and when the browser gives up on it, as reading finds out why: the answer may be that nobody is signed in.
 */
export function listen(onEvent: (e: TakeEvent) => void, resync: () => void): () => void {
  let stream: EventSource | null = null;
  let timer = 0;
  let closed = false;
  let wait = retryAfter;
  const open = () => {
    if (closed) return;
    clearTimeout(timer);
    stream?.close();
    stream = new EventSource("/api/events");
    stream.onopen = () => {
      wait = retryAfter;
      connection.value = "open";
      heard.clear();
      opened.value++;
      resync();
    };
    stream.onerror = () => {
      connection.value = "lost";
      if (stream?.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = window.setTimeout(open, wait);
      wait = Math.min(longestRetry, wait * 1.5);
      resync();
    };
    for (const name of names) {
      stream.addEventListener(name, (m) => {
        const e: TakeEvent = { name, ...JSON.parse((m as MessageEvent<string>).data) };
        note(e);
        onEvent(e);
      });
    }
  };
  // Browsers hold few connections to one server, for all tabs together: a tab that nobody sees gives its own back.
  const onVisibility = () => {
    if (document.visibilityState === "visible") return open();
    clearTimeout(timer);
    stream?.close();
    stream = null;
  };
  document.addEventListener("visibilitychange", onVisibility);
  // Whoever comes back to the page, or to the network, need not wait.
  const hurry = () => stream?.readyState === EventSource.CLOSED && open();
  addEventListener("focus", hurry);
  addEventListener("online", hurry);
  addEventListener("offline", open); // a server on this very machine is still there
  open();
  return () => {
    closed = true;
    document.removeEventListener("visibilitychange", onVisibility);
    removeEventListener("focus", hurry);
    removeEventListener("online", hurry);
    removeEventListener("offline", open);
    clearTimeout(timer);
    stream?.close();
  };
}
