// The rows of the history, as the filters ask for them, kept up to date by the server's events.
import { computed, effect, signal } from "@preact/signals";
import { call, Failure, get, post, type Row, type RowPage, withQuery } from "../lib/api";
import { announce } from "../lib/announce";
import { advanced, asHeard, dropBegun, listen, type TakeEvent } from "../lib/events";
import { moveTo } from "../lib/place";
import { notice } from "../state/notice";
import { knownNames } from "../state/request";
import { isRunning, modelOf, settingsOf } from "../state/row";
import { noteFailure } from "../state/session";

export interface Filters {
  search: string;
  status: string;
  model: string;
  engine: string;
}

export const none: Filters = { search: "", status: "", model: "", engine: "" };
export const filters = signal<Filters>(none);
export const page = signal(1);
const pageSize = 25;

export const rows = signal<Row[]>([]);
export const total = signal(0);
export const pages = signal(1);
export const loaded = signal(false);
export const failure = signal<string | null>(null); // of the last reading of the list
export const storage = signal<{ namespace: string; files: number; bytes: number; result_files: number; result_bytes: number; generations: number } | null>(null);
export const filtered = computed(() => Object.values(filters.value).some((v) => v !== ""));

let latest = 0;

/** load reads the page that the filters name. */
export async function load(): Promise<void> {
  const turn = ++latest;
  const query = Object.fromEntries(Object.entries(filters.value).filter(([, v]) => v !== ""));
  try {
    const found = await get<RowPage>(withQuery("/api/ai/generations", { ...query, page: page.value, page_size: pageSize }));
    if (turn !== latest) return;
    rows.value = found.generations.map(asHeard);
    if (dropBegun(found.generations)) soon();
    total.value = found.total_entries;
    pages.value = Math.max(1, found.total_pages);
    failure.value = null;
    loaded.value = true;
    if (page.value > pages.value) page.value = pages.value;
  } catch (e) {
    if (turn !== latest) return;
    noteFailure(e);
    failure.value = (e as Failure).message;
  }
}

async function measure(): Promise<void> {
  try {
    storage.value = await get("/api/storage");
  } catch (e) {
    noteFailure(e);
  }
}

let timer = 0;

/** soon reads the page again a moment later: many events make one request. */
function soon(): void {
  if (timer) return;
  timer = window.setTimeout(() => {
    timer = 0;
    void load();
    void measure();
  }, 300);
}

function onEvent(e: TakeEvent): void {
  const row = rows.value.find((r) => r.generation_id === e.generation_id);
  if (e.name !== "media_generation_progress") return soon();
  if (!row || !isRunning(row)) return; // on another page, or late
  if (row.status === "queued") soon(); // for when it began
  if (row.waiting) return; // the event may be of the run before
  rows.value = rows.value.map((r) => (r === row ? advanced(row, e) : r));
}

/** follow keeps the list in step with filters, address bar and server. */
export function follow(): void {
  const query = new URLSearchParams(location.search);
  filters.value = Object.fromEntries(Object.keys(none).map((k) => [k, query.get(k) ?? ""])) as unknown as Filters;
  page.value = Math.max(1, Math.floor(Number(query.get("page")) || 1));
  let wait = 0;
  effect(() => {
    const now = new URLSearchParams(Object.entries(filters.value).filter(([, v]) => v !== ""));
    if (page.value > 1) now.set("page", String(page.value));
    moveTo(String(now));
    clearTimeout(wait);
    wait = window.setTimeout(() => void load(), loaded.peek() ? 150 : 0);
  });
  void measure();
  listen(onEvent, soon);
}

/** change sets filters and goes back to the first page. */
export function change(to: Partial<Filters>): void {
  page.value = 1;
  filters.value = { ...filters.value, ...to };
}

async function doing(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (e) {
    noteFailure(e);
    notice((e as Failure).message);
  }
  soon();
}

export const cancel = (row: Row) => doing(() => call("DELETE", `/api/ai/queue/${row.generation_id}`));

/** remove deletes a take with its file. It leaves the list at once, so that the focus goes on to the next. */
export const remove = (row: Row) => doing(async () => {
  await call("DELETE", `/api/ai/generations/${row.generation_id}`);
  rows.value = rows.value.filter((r) => r.generation_id !== row.generation_id);
  announce("Deleted.");
});

/** rerun asks for the same once more, as it was asked for then. */
export const rerun = (row: Row) => doing(async () => {
  await post("/api/ai/queue", requestOf(row));
  notice("It is being made again.");
});

/** requestOf returns the request that a row came from. */
function requestOf(row: Row): Record<string, unknown> {
  return { model: row.model_name, ...settingsOf(row, [...knownNames(modelOf(row)), "target_namespace", "target_repo", "target_directory"]) };
}

/** took returns how long a row ran, or has run so far, seconds; null before it began. */
export function took(row: Row, now: number): number | null {
  if (!row.started_at) return null;
  return Math.max(0, (row.completed_at ?? now) - row.started_at);
}
