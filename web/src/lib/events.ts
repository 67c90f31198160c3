// The server's event stream. The browser resumes a cut connection by itself; what it gives up on is opened again here.
import { signal } from "@preact/signals";

export interface TakeEvent {
  name: string;
  generation_id: string;
  status?: string;
  phase?: string;
  progress?: number;
  eta_seconds?: number | null;
  error?: string;
}

export const names = ["media_generation_progress", "media_generation_completed", "media_generation_cancelled", "media_generation_queued", "media_generation_deleted"];

export type Connection = "connecting" | "open" | "lost";
export const connection = signal<Connection>("connecting");

const retryAfter = 2000; // milliseconds

/** listen calls onEvent for each event, and onOpen each time the stream begins anew: something may have been missed. */
export function listen(onEvent: (e: TakeEvent) => void, onOpen: () => void): () => void {
  let stream: EventSource | null = null;
  let timer = 0;
  let closed = false;
  const open = () => {
    if (closed) return;
    stream = new EventSource("/api/events");
    stream.onopen = () => {
      connection.value = "open";
      onOpen();
    };
    stream.onerror = () => {
      connection.value = "lost";
      if (stream?.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = window.setTimeout(open, retryAfter);
      onOpen(); // finds out why: the answer may be that nobody is signed in
    };
    for (const name of names) {
      stream.addEventListener(name, (e) => onEvent({ name, ...JSON.parse((e as MessageEvent<string>).data) }));
    }
  };
  open();
  return () => {
    closed = true;
    clearTimeout(timer);
    stream?.close();
  };
}
