// The request in the address bar and in this browser's storage, so that a reload, a bookmark or a closed tab loses nothing.
import { effect } from "@preact/signals";
import { Failure, get, type Row } from "../lib/api";
import { moveTo } from "../lib/place";
import { boot } from "../lib/boot";
import { notice } from "./notice";
import { chooseModel, common, knownNames, model, modelID, names, params, type Params } from "./request";
import { modelOf, settingsOf } from "./row";
import { noteFailure } from "./session";
import { chosen } from "./takes";
import { clean, store, stored } from "./storage";

/** Values that take more bytes than this stay out of the address, which servers bound; they are kept in storage alone. */
const longest = 4000;

/** fitsAddress reports whether an address takes a value: a plain one, or a list of names. */
function fitsAddress(name: string, v: unknown): boolean {
  return (typeof v !== "object" || isEngines(name, v)) && String(new URLSearchParams({ v: String(v) })).length <= longest;
}

/** isEngines tells the engines of a request, which an address lists with commas between them. */
const isEngines = (name: string, v: unknown) => name === "engine" && Array.isArray(v);

function typed(name: string, text: string): unknown {
  const p = model.value?.json_request_schema.properties[name] ?? common[name];
  if (p?.type === "number" || p?.type === "integer") return text.trim() === "" ? undefined : Number(text);
  if (p?.type === "boolean") return text === "true";
  if (name === "engine" && text.includes(",")) return text.split(",");
  return text;
}

/** read takes the request from the address, else from storage, else starts with the sample clip. */
export async function read(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const wanted = boot.models.find((m) => m.id === query.get("model"))?.id ?? null;
  if (wanted) modelID.value = wanted;
  const id = query.get("take");
  const take = id ? await find(id) : null;
  const known = [...knownNames(), "num_generations"];
  const found = clean(modelID.value, Object.fromEntries([...query].filter(([n]) => known.includes(n)).map(([n, text]) => [n, typed(n, text)])));
  if (Object.keys(found).length > 0) params.value = completed(found, take);
  else if (!take || !open(take)) restore(wanted);
  chosen.value = take === null ? null : id;
}

/** completed adds what was too long for the address: from storage, or from the take, where they are of the same request. */
function completed(found: Params, take: Row | null | undefined): Params {
  const fits = (p: Params) => Object.entries(found).every(([name, v]) => String(p[name]) === String(v));
  const kept = stored().find((k) => k.model === modelID.value && fits(k.params));
  // Only what an address can't hold: whatever else is left out of a link was left out on purpose.
  const long = Object.entries(kept?.params ?? {}).filter(([name, v]) => !(name in found) && !fitsAddress(name, v));
  if (long.length > 0) return { ...found, ...Object.fromEntries(long) };
  const prompt = names.value.prompt;
  if (take?.model_name === modelID.value && prompt && !(prompt in found)) {
    const { num_generations: _, seed: __, ...rest } = found;
    const settings = settingsOf(take, knownNames());
    if (Object.entries(rest).every(([name, v]) => settings[name] === v)) return { ...found, [prompt]: take.prompt };
  }
  return found;
}

/** find reads the take that the address names: null where there is none, undefined where the server could not say. */
async function find(id: string): Promise<Row | null | undefined> {
  try {
    return await get<Row>(`/api/ai/queue/${encodeURIComponent(id)}`);
  } catch (e) {
    noteFailure(e);
    const gone = e instanceof Failure && e.status === 404;
    notice(gone ? "The take in the address is not there: it was deleted, or belongs to another key." : (e as Failure).message);
    return gone ? null : undefined;
  }
}

/** open takes the request from a take that the address names alone. */
function open(take: Row): boolean {
  if (!modelOf(take)) return false;
  modelID.value = take.model_name;
  params.value = settingsOf(take, knownNames());
  return true;
}

function restore(wanted: string | null): void {
  const kept = stored()[0];
  if (!kept) return firstVisit();
  modelID.value = kept.model;
  params.value = kept.params;
  if (wanted && wanted !== kept.model) chooseModel(wanted);
}

function firstVisit(): void {
  const props = model.value?.json_request_schema.properties ?? {};
  const next: Params = {};
  for (const [name, p] of Object.entries(props)) {
    if (p["x-role"] === "input_video" && boot.sample) next[name] = boot.sample;
    if (p["x-role"] === "start_time") next[name] = 4;
    if (p["x-role"] === "duration") next[name] = 4;
    if (p["x-role"] === "mode") next[name] = "replace_audio_and_video";
  }
  params.value = next;
}

let pending: (() => void) | null = null;

/** flush writes at once what write would in a moment. */
export function flush(): void {
  pending?.();
}

/** write keeps address and storage in step. */
export function write(): () => void {
  let timer = 0;
  addEventListener("pagehide", flush);
  return effect(() => {
    void [modelID.value, params.value, chosen.value];
    clearTimeout(timer);
    pending = () => {
      clearTimeout(timer);
      pending = null;
      writeNow();
    };
    timer = window.setTimeout(flush, 120);
  });
}

function writeNow(): void {
  const query = new URLSearchParams({ model: modelID.peek() });
  for (const [name, v] of Object.entries(params.peek())) {
    if (fitsAddress(name, v)) query.set(name, String(v));
  }
  const take = chosen.peek();
  if (take) query.set("take", take);
  moveTo(String(query));
  store({ model: modelID.peek(), params: params.peek() });
}
