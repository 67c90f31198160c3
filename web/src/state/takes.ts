// The takes of the clip on the stage: rows of the server's, kept up to date by its events.
import { batch, computed, effect, signal } from "@preact/signals";
import { call, Failure, get, post, type Row, type RowPage, withQuery } from "../lib/api";
import { listen, type TakeEvent } from "../lib/events";
import { body, input, knownNames, modelID, params } from "./request";
import { modelOf } from "./row";
import { asked, problems, refusals, settle } from "./plan";
import { noteFailure } from "./session";

/** Newest first, as the server lists them. */
export const rows = signal<Row[]>([]);
export const loaded = signal(false);
export const failure = signal<string | null>(null);

/** The take on the stage, by id; null shows the original alone. */
export const chosen = signal<string | null>(null);

const shown = 50;
const running = (r: Row) => r.status === "queued" || r.status === "processing";

/** numbered are the takes with their numbers, the first made being 1. */
export const numbered = computed(() => {
  const list = [...rows.value].sort((a, b) => a.enqueued_at - b.enqueued_at || (a.generation_id < b.generation_id ? -1 : 1));
  return list.map((row, i) => ({ row, number: i + 1 + hidden.value }));
});
const hidden = signal(0); // older takes that are not listed
export const runningCount = computed(() => rows.value.filter(running).length);
export const current = computed(() => numbered.value.find((t) => t.row.generation_id === chosen.value) ?? null);

let latest = 0;

/** load reads the takes of the request's clip. */
export async function load(): Promise<void> {
  const address = input.peek();
  const turn = ++latest;
  if (!address) {
    rows.value = [];
    return;
  }
  try {
    const page = await get<RowPage>(withQuery("/api/ai/generations", { input_video: address, page_size: shown }));
    if (turn !== latest) return;
    rows.value = page.generations;
    hidden.value = Math.max(0, page.total_entries - page.generations.length);
    loaded.value = true;
    failure.value = null;
  } catch (e) {
    if (turn !== latest) return;
    noteFailure(e);
    failure.value = (e as Failure).message;
  }
}

async function refresh(id: string): Promise<void> {
  try {
    const row = await get<Row>(`/api/ai/queue/${id}`);
    rows.value = rows.value.map((r) => (r.generation_id === id ? row : r));
  } catch (e) {
    noteFailure(e);
  }
}

function onEvent(e: TakeEvent): void {
  const row = rows.value.find((r) => r.generation_id === e.generation_id);
  if (!row) {
    if (e.name === "media_generation_queued") void load(); // made elsewhere, perhaps of this clip
    return;
  }
  if (e.name === "media_generation_deleted") {
    rows.value = rows.value.filter((r) => r !== row);
    if (chosen.value === e.generation_id) chosen.value = null;
    return;
  }
  if (e.name !== "media_generation_progress") {
    void refresh(e.generation_id);
    return;
  }
  if (!running(row)) return; // late
  const next: Row = { ...row, status: "processing", phase: e.phase ?? null, progress: e.progress ?? row.progress, eta_seconds: e.eta_seconds ?? null, queue_position: null };
  rows.value = rows.value.map((r) => (r === row ? next : r));
}

const lookAgain = 3000; // milliseconds between looks at what waits: its place in the queue has no event

/** follow keeps the list in step with the clip and with the server. */
export function follow(): () => void {
  const stopList = effect(() => {
    void input.value;
    loaded.value = false;
    void load();
  });
  const stopEvents = listen(onEvent, () => void load());
  const timer = window.setInterval(() => {
    if (document.visibilityState === "visible") {
      for (const r of rows.peek().filter((r) => r.status === "queued")) void refresh(r.generation_id);
    }
  }, lookAgain);
  return () => {
    stopList();
    stopEvents();
    clearInterval(timer);
  };
}

export const sending = signal(false);

/** make asks for new takes with the settings of the moment. What is refused stands at its field. */
export async function make(): Promise<void> {
  if (sending.value) return;
  asked.value = true;
  sending.value = true;
  await settle();
  if (problems.value.length > 0) {
    sending.value = false;
    return;
  }
  try {
    const made = await post<{ generations: { generation_id: string }[] }>("/api/ai/queue", body.value, { headers: { Prefer: "handling=strict" } });
    await load();
    chosen.value = made.generations[0]?.generation_id ?? null;
    requestAnimationFrame(() => document.querySelector(".take.on")?.scrollIntoView({ block: "nearest" }));
  } catch (e) {
    noteFailure(e);
    if (e instanceof Failure) refusals.value = [{ field: e.field ?? "", message: e.message }];
  }
  sending.value = false;
}

/** cancel stops a take that waits or runs. */
export async function cancel(id: string): Promise<void> {
  try {
    await call("DELETE", `/api/ai/queue/${id}`);
  } catch (e) {
    noteFailure(e);
  }
  await refresh(id);
}

/** remove deletes a take with its file. */
export async function remove(id: string): Promise<void> {
  try {
    await call("DELETE", `/api/ai/generations/${id}`);
    rows.value = rows.value.filter((r) => r.generation_id !== id);
    if (chosen.value === id) chosen.value = null;
  } catch (e) {
    noteFailure(e);
    failure.value = (e as Failure).message;
  }
}

/** settingsOf returns the request that a take was made with, for the model's known parameters. */
export function settingsOf(row: Row, known: string[]): Record<string, unknown> {
  return Object.fromEntries(known.filter((k) => row[k] !== undefined && row[k] !== null).map((k) => [k, row[k]]));
}

/** useSettings writes a take's settings into the form, without its number of takes, and chooses its model. */
export function useSettings(row: Row): void {
  batch(() => {
    if (modelOf(row)) modelID.value = row.model_name;
    params.value = settingsOf(row, knownNames());
  });
}
