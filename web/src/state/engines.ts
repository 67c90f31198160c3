// Who makes the takes, and the words that they know.
import { computed, effect, signal } from "@preact/signals";
import { type Engine, Failure, get, type TermGroup } from "../lib/api";
import { opened } from "../lib/events";
import { model, params } from "./request";
import { noteFailure } from "./session";

export const engines = signal<Engine[]>([]);
export const vocabulary = signal<TermGroup[]>([]);

/** engine is the one that will make the take: the chosen, else the first of the model's list, or one that may stand in for it. */
export const engine = computed(() => {
  const able = (model.value?.engines ?? []).flatMap((name) => engines.value.filter((e) => e.name === name));
  const ready = able.find((e, i) => e.ready && (i === 0 || e.stands_in));
  return able.find((e) => e.name === params.value.engine) ?? ready ?? able[0] ?? null;
});

/** engineTitle is what people call an engine. */
export const engineTitle = (name: string | null | undefined) => engines.value.find((e) => e.name === name)?.title ?? name ?? "";

/** follow reads the engines now, and again whenever the server is back: others may be ready then. */
export function follow(): () => void {
  return effect(() => {
    void opened.value;
    loadEngines().catch(noteFailure);
  });
}

async function loadEngines(): Promise<void> {
  engines.value = (await get<{ engines: Engine[] }>("/api/ai/engines")).engines;
}

/** loadVocabulary reads the words that an engine knows. One that takes any words has none. */
export async function loadVocabulary(name: string): Promise<void> {
  try {
    vocabulary.value = (await get<{ groups: TermGroup[] }>(`/api/ai/engines/${encodeURIComponent(name)}/vocabulary`)).groups;
  } catch (e) {
    noteFailure(e);
    if (e instanceof Failure && e.status === 404) vocabulary.value = [];
  }
}
