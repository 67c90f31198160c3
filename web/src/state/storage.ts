// The request in the browser's storage. Each tab has its own, which a reload finds; the newest of all tabs is what a new
// tab begins with. What is read is as little trusted as an address.
import { boot } from "../lib/boot";
import { common, type Params } from "./request";

export interface Kept {
  model: string;
  params: Params;
}

const key = "retake:request";
/** Parameters that only the JSON view writes, besides those of the model. */
const target = ["target_namespace", "target_repo", "target_directory"];

/** clean returns the parameters that have a value of the right kind. Others would only be in the way. */
export function clean(id: string, from: Params): Params {
  const m = boot.models.find((m) => m.id === id);
  const known = new Map(Object.entries({ ...common, ...m?.json_request_schema.properties }));
  const good = (name: string, v: unknown): boolean => {
    const p = known.get(name);
    if (name === "engine") return v !== "" && isListOf(v, m?.engines ?? []);
    if (!p) return typeof v === "string" && target.includes(name);
    if (p.enum) return p.enum.includes(v as string);
    if (p.type === "integer" || p.type === "number") {
      if (typeof v !== "number" || !Number.isFinite(v) || (p.type === "integer" && !Number.isInteger(v))) return false;
      return name !== "num_generations" || (v >= p.minimum! && v <= p.maximum!);
    }
    return typeof v === (p.type === "boolean" ? "boolean" : "string");
  };
  return Object.fromEntries(Object.entries(from).filter(([name, v]) => good(name, v)));
}

/** isListOf reports whether a value is one of the names, or several of them, each once. */
function isListOf(v: unknown, names: string[]): boolean {
  const list: unknown[] = Array.isArray(v) ? v : [v];
  return list.length > 0 && list.every((n, i) => names.includes(n as string) && list.indexOf(n) === i);
}

function read(storage: () => Storage): Kept[] {
  try {
    const kept = JSON.parse(storage().getItem(key) ?? "null") as Kept | null;
    if (!kept?.params || typeof kept.params !== "object" || !boot.models.some((m) => m.id === kept.model)) return [];
    return [{ model: kept.model, params: clean(kept.model, kept.params) }];
  } catch {
    return []; // unreadable or forbidden: as on a first visit
  }
}

const places = [() => sessionStorage, () => localStorage];

/** stored returns this tab's last request, then the last of all tabs. */
export const stored = (): Kept[] => places.flatMap(read);

/** store keeps a request for this tab and for the next one. */
export function store(request: Kept): void {
  for (const storage of places) {
    try {
      storage().setItem(key, JSON.stringify(request));
    } catch { /* full or forbidden: the address has it */ }
  }
}
