// The takes of the clip on the stage: rows of the server's, kept up to date by its events.
import { computed, effect, signal } from "@preact/signals";
import { call, Failure, get, passing, post, type Row, type RowPage, withQuery } from "../lib/api";
import { announce } from "../lib/announce";
import { connection, listen, type TakeEvent } from "../lib/events";
import { notice } from "./notice";
import { body, input, params } from "./request";
import { ask, asked, problems, refusals } from "./plan";
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
let listed = ""; // the clip whose takes have been listed

/** isFresh tells whether a take that turns up now was just made, rather than listed with the clip. */
export function isFresh(): boolean {
  void rows.value;
  const before = listed;
  listed = loaded.value ? input.peek() : "";
  return before !== "" && before === listed;
}

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
    const before = current.peek();
    rows.value = page.generations.map(abreast);
    hidden.value = Math.max(0, page.total_entries - page.generations.length);
    loaded.value = true;
    failure.value = null;
    if (chosen.peek() && !current.peek()) letGo(page, before?.number);
  } catch (e) {
    if (turn !== latest) return;
    noteFailure(e);
    failure.value = (e as Failure).message;
  }
}

/** abreast keeps what an event told of a running take: what is stored follows a moment later. */
function abreast(row: Row): Row {
  const now = rows.peek().find((r) => r.generation_id === row.generation_id);
  if (now?.status !== "processing" || row.status !== "processing" || now.started_at !== row.started_at || now.progress <= row.progress) return row;
  return { ...row, phase: now.phase, progress: now.progress, eta_seconds: now.eta_seconds };
}

/** letGo takes a take off the stage that is not in the list: deleted meanwhile, or of another clip. An older one may just not be listed. */
function letGo(page: RowPage, number: number | undefined): void {
  if (page.total_entries > page.generations.length && !number) return;
  chosen.value = null;
  if (number) noticeGone(number);
}

const noticeGone = (number: number) => notice(`Take ${number} was deleted. The original is shown.`);

/** refresh reads one take anew. */
export async function refresh(id: string): Promise<void> {
  try {
    const row = await get<Row>(`/api/ai/queue/${id}`);
    rows.value = rows.value.map((r) => (r.generation_id === id ? row : r));
  } catch (e) {
    noteFailure(e);
    if (e instanceof Failure && e.status === 404) drop(id);
  }
}

/** drop takes a take that was deleted elsewhere out of the list. */
function drop(id: string): void {
  const take = numbered.peek().find((t) => t.row.generation_id === id);
  rows.value = rows.peek().filter((r) => r.generation_id !== id);
  if (chosen.peek() !== id) return;
  chosen.value = null;
  if (take) noticeGone(take.number);
}

function onEvent(e: TakeEvent): void {
  const row = rows.value.find((r) => r.generation_id === e.generation_id);
  if (!row) {
    if (e.name === "media_generation_queued") void load(); // made elsewhere, perhaps of this clip
    return;
  }
  if (e.name === "media_generation_deleted") {
    drop(e.generation_id);
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

const lookAgain = 3000; // milliseconds between looks at what waits or runs: a place in the queue has no event, a long phase has few

/** follow keeps the list in step with the clip and with the server. */
export function follow(): () => void {
  const stopList = effect(() => {
    void input.value;
    loaded.value = false;
    void load();
  });
  const stopEvents = listen(onEvent, () => void load());
  const timer = window.setInterval(() => {
    if (document.visibilityState === "visible" && connection.peek() === "open" && rows.peek().some(running)) void load();
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
  asked.value = true;
  if (sending.value) return;
  sending.value = true;
  refusals.value = []; // of the last try: what stood in the way may be gone
  if (problems.value.length > 0) await ask();
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
    if (passing(e)) notice(`The take was not stopped. ${(e as Failure).message}`);
  }
  await refresh(id);
}

/** cancelAll stops every take of the clip that waits or runs, the waiting ones first, so that none starts meanwhile. */
export async function cancelAll(): Promise<void> {
  const list = rows.peek().filter(running);
  await Promise.all([...list.filter((r) => r.status === "queued"), ...list.filter((r) => r.status !== "queued")].map((r) => cancel(r.generation_id)));
}

/** remove deletes a take with its file. */
export async function remove(id: string): Promise<void> {
  try {
    await call("DELETE", `/api/ai/generations/${id}`);
    rows.value = rows.value.filter((r) => r.generation_id !== id);
    if (chosen.value === id) chosen.value = null;
    announce("Deleted.");
  } catch (e) {
    noteFailure(e);
    failure.value = (e as Failure).message;
  }
}

/** settingsOf returns the request that a take was made with, for the model's known parameters. */
export function settingsOf(row: Row, known: string[]): Record<string, unknown> {
  return Object.fromEntries(known.filter((k) => row[k] !== undefined && row[k] !== null).map((k) => [k, row[k]]));
}

/** useSettings writes a take's settings into the form, without its number of takes. What it failed for stands at its field. */
export function useSettings(row: Row, known: string[]): void {
  params.value = settingsOf(row, known);
  if (row.status === "failed" && row.error_field) refusals.value = [{ field: row.error_field, message: row.error_message ?? "" }];
}
