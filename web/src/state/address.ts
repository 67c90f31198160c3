// The request in the address bar and in this browser's storage, so that a reload, a bookmark or a closed tab loses nothing.
import { effect } from "@preact/signals";
import { get, type Row } from "../lib/api";
import { boot } from "./boot";
import { chooseModel, common, knownNames, model, modelID, params, type Params } from "./request";
import { chosen, settingsOf } from "./takes";

const storage = "retake:request";
const longestPrompt = 2000; // characters of a value that go into the address; longer ones are kept in storage alone

function typed(name: string, text: string): unknown {
  const p = model.value?.json_request_schema.properties[name] ?? common[name];
  if (p?.type === "number" || p?.type === "integer") {
    const n = Number(text);
    return text.trim() !== "" && Number.isFinite(n) ? n : undefined;
  }
  if (p?.type === "boolean") return text === "true";
  return text;
}

/** read takes the request from the address, else from storage, else starts with the sample clip. */
export async function read(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const wanted = query.get("model");
  if (wanted && boot.models.some((m) => m.id === wanted)) modelID.value = wanted;
  const take = query.get("take");
  const found: Params = {};
  const names = [...knownNames(), "num_generations"];
  for (const [name, text] of query) {
    if (names.includes(name)) found[name] = typed(name, text);
  }
  for (const name of Object.keys(found)) if (found[name] === undefined) delete found[name];
  if (Object.keys(found).length > 0) params.value = completed(found);
  else if (!take || !(await openTake(take))) restore(wanted);
  chosen.value = take;
}

/** completed adds what was too long for the address, when storage holds the same request. */
function completed(found: Params): Params {
  const kept = stored();
  const same = kept?.model === modelID.value && Object.entries(found).every(([name, v]) => kept.params[name] === v);
  return same ? kept!.params : found;
}

function stored(): { model: string; params: Params } | null {
  try {
    const kept = JSON.parse(localStorage.getItem(storage) ?? "null") as { model: string; params: Params } | null;
    return kept && typeof kept.params === "object" && boot.models.some((m) => m.id === kept.model) ? kept : null;
  } catch {
    return null; // unreadable or forbidden: as on a first visit
  }
}

/** openTake takes the request from a take that the address names alone. */
async function openTake(id: string): Promise<boolean> {
  try {
    const row = await get<Row>(`/api/ai/queue/${encodeURIComponent(id)}`);
    if (boot.models.some((m) => m.id === row.model_name)) modelID.value = row.model_name;
    params.value = settingsOf(row, knownNames());
    return true;
  } catch {
    return false; // deleted, or somebody else's
  }
}

function restore(wanted: string | null): void {
  const kept = stored();
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

/** write keeps address and storage in step. */
export function write(): () => void {
  let timer = 0;
  return effect(() => {
    const query = new URLSearchParams({ model: modelID.value });
    for (const [name, v] of Object.entries(params.value)) {
      const text = String(v);
      if (typeof v !== "object" && text.length <= longestPrompt) query.set(name, text);
    }
    if (chosen.value) query.set("take", chosen.value);
    const kept = JSON.stringify({ model: modelID.value, params: params.value });
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      history.replaceState(null, "", `${location.pathname}?${query}`);
      try {
        localStorage.setItem(storage, kept);
      } catch { /* full or forbidden: the address has it */ }
    }, 120);
  });
}
