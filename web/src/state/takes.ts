// The takes of the clip on the stage: rows of the server's, kept up to date by its events.
import { batch, computed, effect, signal } from "@preact/signals";
import { call, Failure, get, passing, post, type Row, type RowPage, withQuery } from "../lib/api";
import { announce } from "../lib/announce";
import { advanced, asHeard, connection, listen, type TakeEvent } from "../lib/events";
import { notice } from "./notice";
import { body, input, knownNames, modelID, params } from "./request";
import { isRunning, modelOf, roleOf, settingsOf } from "./row";
import { ask, asked, problems, refusals } from "./plan";
import { noteFailure } from "./session";

/** Newest first, as the server lists them. */
export const rows = signal<Row[]>([]);
export const loaded = signal(false);
export const failure = signal<string | null>(null); // of the last reading of the list

/** The take on the stage, by id; null shows the original alone. */
export const chosen = signal<string | null>(null);

const shown = 50;

const numbers = new Map<string, number>(); // what each take has been called on this page: a deleted one leaves a gap
let hidden = 0; // older takes that are not listed

const byAge = (list: Row[]) => [...list].sort((a, b) => a.enqueued_at - b.enqueued_at || (a.generation_id < b.generation_id ? -1 : 1));

/** list shows rows, and gives those that are new the next numbers. */
function list(next: Row[]): void {
  let highest = Math.max(hidden, ...numbers.values());
  for (const row of byAge(next)) {
    if (!numbers.has(row.generation_id)) numbers.set(row.generation_id, ++highest);
  }
  rows.value = next;
}

/** numbered are the takes in the order they were made, with their numbers. */
export const numbered = computed(() => byAge(rows.value).map((row) => ({ row, number: numbers.get(row.generation_id)! })));
export const runningCount = computed(() => rows.value.filter(isRunning).length);
export const current = computed(() => numbered.value.find((t) => t.row.generation_id === chosen.value) ?? null);

let latest = 0;
let again = false; // whether the clip's takes had been listed before they were last

/** isFresh tells whether a take that turns up now was just made, rather than listed with the clip. */
export const isFresh = () => again;

/** bringIntoSight scrolls the list to the chosen take once it is drawn. */
export function bringIntoSight(): void {
  requestAnimationFrame(() => document.querySelector(".take.on")?.scrollIntoView({ block: "nearest" }));
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
    const id = chosen.peek();
    const older = id && !page.generations.some((r) => r.generation_id === id) ? await find(id, address) : null;
    if (turn !== latest) return;
    hidden = Math.max(0, page.total_entries - page.generations.length);
    again = loaded.peek();
    list([...page.generations, ...(older ? [older] : [])].map((r) => abreast(asHeard(r))));
    loaded.value = true;
    failure.value = null;
    if (id === chosen.peek() && id && !current.peek()) letGo(id);
  } catch (e) {
    if (turn !== latest) return;
    noteFailure(e);
    failure.value = (e as Failure).message;
  }
}

/** read reads a take with what it cost. */
const read = async (id: string) => (await get<{ generation: Row }>(`/api/ai/generations/${encodeURIComponent(id)}`)).generation;

/** find reads a take that is not among the newest; null when it was deleted or is one of another clip. */
async function find(id: string, address: string): Promise<Row | null> {
  try {
    const row = await read(id);
    return roleOf(row, "input_video") === address ? row : null;
  } catch (e) {
    if (e instanceof Failure && e.status === 404) return null;
    throw e;
  }
}

/** abreast keeps what is newer than the list: an end, or what an event told of a running take. */
function abreast(row: Row): Row {
  const now = rows.peek().find((r) => r.generation_id === row.generation_id);
  if (!now || !isRunning(row)) return row;
  if (!isRunning(now)) return now;
  if (now.status !== "processing" || row.status !== "processing" || now.started_at !== row.started_at || now.progress <= row.progress) return row;
  return { ...row, phase: now.phase, progress: now.progress, eta_seconds: now.eta_seconds };
}

/** letGo takes a take off the stage that is not there any more. */
function letGo(id: string): void {
  chosen.value = null;
  const number = numbers.get(id);
  if (number) noticeGone(number);
}

const noticeGone = (number: number) => notice(`Take ${number} was deleted. The original is shown.`);

/** refresh reads one take anew. */
export async function refresh(id: string): Promise<void> {
  try {
    const row = asHeard(await read(id));
    rows.value = rows.value.map((r) => (r.generation_id === id ? row : r));
  } catch (e) {
    noteFailure(e);
    if (e instanceof Failure && e.status === 404) drop(id);
  }
}

/** drop takes a take that was deleted elsewhere out of the list. */
function drop(id: string): void {
  rows.value = rows.peek().filter((r) => r.generation_id !== id);
  if (chosen.peek() === id) letGo(id);
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
  if (!isRunning(row)) return; // late
  if (row.status === "queued") void refresh(row.generation_id); // when it began
  if (row.waiting) return; // the event may be of the run before: what is read anew tells
  rows.value = rows.value.map((r) => (r === row ? advanced(row, e) : r));
}

const lookAgain = 3000; // milliseconds between looks at what waits or runs: a place in the queue has no event, a long phase has few

/** follow keeps the list in step with the clip and with the server. */
export function follow(): () => void {
  const stopList = effect(() => {
    void input.value;
    loaded.value = false;
    rows.value = [];
    hidden = 0;
    numbers.clear();
    void load();
  });
  const stopEvents = listen(onEvent, () => void load());
  const timer = window.setInterval(() => {
    if (document.visibilityState === "visible" && connection.peek() === "open" && rows.peek().some(isRunning)) void load();
  }, lookAgain);
  return () => {
    stopList();
    stopEvents();
    clearInterval(timer);
  };
}

export const sending = signal(false);

/** freshSeed is the seed of takes for which none was chosen, so that each press makes other ones. The server's own is the same for the same request. */
function freshSeed(): number {
  return Math.floor(Math.random() * 1e9);
}

/** make asks for new takes with the settings of the moment. What is refused stands at its field. */
export async function make(): Promise<void> {
  asked.value = true;
  if (sending.value) return;
  sending.value = true;
  refusals.value = []; // of the last try: what stood in the way may be gone
  await ask(problems.value.length > 0);
  if (problems.value.length > 0) {
    sending.value = false;
    return;
  }
  try {
    const request = { ...body.value, seed: body.value.seed ?? freshSeed() };
    const made = await post<{ generations: { generation_id: string }[] }>("/api/ai/queue", request, { headers: { Prefer: "handling=strict" } });
    await load();
    chosen.value = made.generations[0]?.generation_id ?? null;
    bringIntoSight();
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
  const list = rows.peek().filter(isRunning);
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
    notice((e as Failure).message);
  }
}

/** applySettings writes a take's settings into the form, without its number of takes. What it failed for stands at its field. */
export function applySettings(row: Row): void {
  batch(() => {
    if (modelOf(row)) modelID.value = row.model_name;
    params.value = settingsOf(row, knownNames());
  });
  if (row.status === "failed" && row.error_field) refusals.value = [{ field: row.error_field, message: row.error_message ?? "" }];
}
