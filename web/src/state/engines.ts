// Who makes the takes, and the words that they know.
import { computed, effect, signal } from "@preact/signals";
import { type Engine, Failure, get, type TermGroup } from "../lib/api";
import { connection, opened } from "../lib/events";
import { model, picked } from "./request";
import { noteFailure } from "./session";

export const engines = signal<Engine[]>([]);
export const vocabulary = signal<TermGroup[]>([]);

/** able are the engines that can serve the model, the preferred first. */
export const able = computed(() => (model.value?.engines ?? []).flatMap((name) => engines.value.filter((e) => e.name === name)));

/** usual is the one that makes the takes when none is chosen: the first of the model's list, or one that may stand in for it. */
export const usual = computed(() => able.value.find((e, i) => e.ready && (i === 0 || e.stands_in)) ?? able.value[0] ?? null);

/** makers are the engines that will make the takes. */
export const makers = computed<Engine[]>(() => {
  const chosen = picked.value.flatMap((name) => able.value.filter((e) => e.name === name));
  return chosen.length > 0 ? chosen : usual.value ? [usual.value] : [];
});

/** engine is the one whose words count. */
export const engine = computed(() => makers.value[0] ?? null);

/** engineTitle is what people call an engine. */
export const engineTitle = (name: string | null | undefined) => engines.value.find((e) => e.name === name)?.title ?? name ?? "";

const lookAgain = 10_000; // milliseconds between looks at engines while one is not ready

/** follow reads the engines now, again whenever the server is back, and from time to time while one is not ready. */
export function follow(): () => void {
  const stop = effect(() => {
    void opened.value;
    loadEngines().catch(noteFailure);
  });
  const timer = window.setInterval(() => {
    if (document.visibilityState === "visible" && connection.peek() === "open" && engines.peek().some((e) => !e.ready)) loadEngines().catch(noteFailure);
  }, lookAgain);
  return () => {
    stop();
    clearInterval(timer);
  };
}

/** loadEngines reads the engines and how they stand. */
export async function loadEngines(): Promise<void> {
  const { engines: now } = await get<{ engines: Engine[] }>("/api/ai/engines");
  if (JSON.stringify(now) !== JSON.stringify(engines.peek())) engines.value = now;
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
