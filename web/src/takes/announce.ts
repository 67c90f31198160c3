// Tells how takes go: their start, now and then how far they are, their end. Never each step.
import { effect } from "@preact/signals";
import type { Row } from "../lib/api";
import { announce } from "../lib/announce";
import { connection } from "../lib/events";
import { phaseWords } from "../lib/format";
import { verdict, whatFailed, whyWaiting } from "./words";

export interface Named {
  row: Row;
  name: string; // "Take 2"
}

const apart = 15; // seconds between sentences about one running take

interface Known {
  status: Row["status"];
  waits?: string; // the last reason that was told for which its engine did not take it
  at: number; // of the last sentence, milliseconds
}

/** announceTakes says what becomes of the listed takes. fresh tells whether a take that was not listed before is a new one. */
export function announceTakes(list: () => Named[], fresh: () => boolean): () => void {
  let known = new Map<string, Known>();
  return effect(() => {
    const tellNew = fresh();
    const next: typeof known = new Map();
    for (const { row, name } of list()) {
      const before = known.get(row.generation_id);
      const text = before || tellNew ? sentence(row, name, before) : null;
      if (text) announce(text);
      next.set(row.generation_id, { status: row.status, waits: row.waiting?.reason ?? before?.waits, at: text || !before ? performance.now() : before.at });
    }
    known = next;
  });
}

function sentence(row: Row, name: string, before: Known | undefined): string | null {
  const changed = before?.status !== row.status;
  switch (row.status) {
    case "queued":
      if (before && row.waiting && row.waiting.reason !== before.waits) return `${name}: ${whyWaiting(row)}`;
      return before ? null : `${name} is on its way.`;
    case "processing":
      if (!before) return `${name} is on its way.`;
      return !changed && performance.now() - before.at > apart * 1000 ? `${name}: ${phaseWords(row.phase)}, ${Math.floor(row.progress * 100)}%.` : null;
    case "succeeded":
      return changed ? `${name} is done. ${row.report ? verdict(row.report) + "." : ""}` : null;
    case "failed":
      return changed ? `${name} failed. ${whatFailed(row)}` : null;
    case "cancelled":
      return changed ? `${name} is stopped.` : null;
  }
}

/** announceConnection says when the connection is lost, and when it is back. */
export function announceConnection(): () => void {
  let lost = false;
  return effect(() => {
    if (connection.value === "lost" && !lost) announce("The connection to the server is lost.");
    if (connection.value === "open" && lost) announce("The connection is back.");
    if (connection.value !== "connecting") lost = connection.value === "lost";
  });
}
