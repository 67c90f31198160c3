// The request that is being written. Form, timeline, JSON and address bar are views of this one value.
import { computed, signal } from "@preact/signals";
import type { Model, Property, Role } from "../lib/api";
import { round6 } from "../lib/timecode";
import { boot } from "../lib/boot";

export type Params = Record<string, unknown>;

export const modelID = signal(boot.models[0]?.id ?? "");
export const model = computed<Model | null>(() => boot.models.find((m) => m.id === modelID.value) ?? boot.models[0] ?? null);

/** The parameters in the model's own names, with seed, engine and num_generations where they were chosen. */
export const params = signal<Params>({});

/** Parameters that every model takes besides those of its schema. */
export const common: Record<string, Property> = {
  seed: { type: "integer", title: "Seed", description: "The same request with the same seed gives the same take. Empty: a new one each time." },
  num_generations: { type: "integer", title: "Takes", description: "How many takes to make, each with a seed of its own.", default: 1, minimum: 1, maximum: 12 },
  audio_track: { type: "integer", title: "Sound track", description: "Which of several sound tracks is edited. Empty: the one that players take.", minimum: 1 },
  bridge: { type: "string", title: "Beside the segment", description: "How near to the original the re-encoded pictures beside the segment stay.", enum: ["near", "exact", "fast"] },
};

/** names maps each role to the model's name for it. */
export const names = computed(() => {
  const out: Partial<Record<Role, string>> = {};
  for (const [name, p] of Object.entries(model.value?.json_request_schema.properties ?? {})) {
    if (p["x-role"]) out[p["x-role"]] = name;
  }
  return out;
});

/** property returns the schema of a role's parameter. */
export function property(role: Role): Property | null {
  const name = names.value[role];
  return (name && model.value?.json_request_schema.properties[name]) || null;
}

/** value returns a role's value, or its default. */
export function value<T>(role: Role): T | undefined {
  const name = names.value[role];
  if (!name) return undefined;
  return (params.value[name] ?? property(role)?.default) as T | undefined;
}

// The JSON view may hold values of any kind; what is no text counts as none here, and the server says what is wrong.
const text = (v: unknown) => (typeof v === "string" ? v : "");
export const prompt = computed(() => text(value("prompt")));
export const input = computed(() => text(value("input_video")));
export const mode = computed(() => text(value("mode")) || "replace_video");
export const segment = computed(() => {
  const start = number(value("start_time"), 0);
  return { start, end: round6(start + number(value("duration"), 6)) };
});
/** takeCount is how many takes each engine makes. */
export const takeCount = computed(() => Math.round(number(params.value.num_generations, 1)));

/** picked are the engines that the request names. None leaves the choice to the server. */
export const picked = computed<string[]>(() => {
  const e = params.value.engine;
  return (Array.isArray(e) ? e : [e]).filter((name): name is string => typeof name === "string" && name !== "");
});

/** allTakes is how many takes a request makes with all of its engines. */
export const allTakes = computed(() => takeCount.value * Math.max(1, picked.value.length));

export const most = common.num_generations!.maximum!; // takes of one request

/** mostEach is how many takes each of so many engines can make. */
export const mostEach = (engines: number) => Math.floor(most / Math.max(1, engines));

/** pick chooses the engines. Where they would make too many takes they make fewer each; it returns whether that was so. */
export function pick(names: string[]): boolean {
  const each = mostEach(names.length);
  const fewer = takeCount.peek() > each;
  set({ engine: names.length > 1 ? names : names[0], ...(fewer ? { num_generations: each > 1 ? each : undefined } : {}) });
  return fewer;
}

function number(v: unknown, otherwise: number): number {
  return typeof v === "number" && Number.isFinite(v) ? v : otherwise;
}

/** set changes parameters; undefined takes one out. */
export function set(changes: Params): void {
  const next = { ...params.value };
  for (const [name, v] of Object.entries(changes)) {
    if (v === undefined || v === "") delete next[name];
    else next[name] = v;
  }
  params.value = next;
}

/** setRole changes the parameter of a role, if the model has it. */
export function setRole(role: Role, v: unknown): void {
  const name = names.value[role];
  if (name) set({ [name]: v });
}

/** setSegment changes start and length together. Times are seconds. */
export function setSegment(r: { start: number; end: number }): void {
  const { start_time: start, duration } = names.value;
  if (start && duration) set({ [start]: round6(r.start), [duration]: round6(r.end - r.start) });
}

/** chooseModel changes the model and carries over what both know, by role and by name. */
export function chooseModel(id: string): void {
  const before = names.value;
  const old = params.value;
  modelID.value = id;
  const known = model.value?.json_request_schema.properties ?? {};
  const next: Params = {};
  for (const [name, v] of Object.entries(old)) {
    const role = (Object.keys(before) as Role[]).find((r) => before[r] === name);
    const now = role ? names.value[role] : name in known || name in common || name === "engine" ? name : undefined;
    if (now) next[now] = v;
  }
  const engines = picked.peek().filter((name) => model.value?.engines.includes(name));
  delete next.engine;
  if (engines.length > 0) next.engine = engines.length > 1 ? engines : engines[0];
  params.value = next;
}

/** body is the request as it is sent. */
export const body = computed<Params>(() => ({ model: modelID.value, ...params.value }));

/** knownNames lists the parameters of a model and those that every model takes, but for the number of takes. */
export function knownNames(of = model.peek()): string[] {
  return [...Object.keys(of?.json_request_schema.properties ?? {}), "seed", "engine", "audio_track", "bridge"];
}
