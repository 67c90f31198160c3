// What a take with the settings of the moment would do, as the server plans it: asked again after each change, with one
// question under way at a time, so that dragging stays quick.
import { computed, effect, signal } from "@preact/signals";
import { Failure, type Plan, post, type Problem } from "../lib/api";
import { opened } from "../lib/events";
import { body, input, prompt } from "./request";
import { noteFailure } from "./session";

export const plan = signal<Plan | null>(null);
export const planFailure = signal<Failure | null>(null);

/** What the server said about a request that it refused, until the request changes or is sent once more. */
export const refusals = signal<Problem[]>([]);

/** problems are all that stand in the way of a take. An empty prompt is none before somebody asked for a take. */
export const asked = signal(false);
let before: Problem[] = [];
export const problems = computed<Problem[]>(() => {
  const list = [...refusals.value];
  for (const p of plan.value?.problems ?? []) {
    if (!asked.value && !prompt.value.trim() && p.field === "prompt") continue;
    if (!list.some((q) => q.field === p.field)) list.push(p);
  }
  // The same list stays the same value, or every field would be drawn anew with each answer.
  if (JSON.stringify(list) !== JSON.stringify(before)) before = list;
  return before;
});

export function problemAt(field: string | undefined): string | null {
  return problems.value.find((p) => p.field === field)?.message ?? null;
}

let busy = false;
let again = false;
let timer = 0;
let last = -1000; // when the last question was put, milliseconds

const apart = 66; // milliseconds between two questions: nobody reads answers that come faster
const rest = 150; // milliseconds after the last key

function askSoon(wait: number): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void ask(), Math.max(wait, last + apart - performance.now(), 0));
}

/** ask plans the request of the moment. */
export async function ask(): Promise<void> {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  last = performance.now();
  const { num_generations: _, ...request } = body.peek();
  try {
    plan.value = await post<Plan>("/api/ai/plan", request);
    planFailure.value = null;
  } catch (e) {
    noteFailure(e);
    if (e instanceof Failure) planFailure.value = e;
  }
  busy = false;
  if (again) askSoon(0);
  again = false;
}

/** follow plans anew whenever the request changes, or the server can be reached again. Typing is let come to a rest first. */
export function follow(): () => void {
  let lastPrompt = "";
  let request: unknown = null;
  return effect(() => {
    void opened.value;
    if (body.value !== request && refusals.peek().length > 0) refusals.value = [];
    request = body.value;
    if (!input.value) {
      plan.value = null;
      return;
    }
    const typing = prompt.value !== lastPrompt;
    lastPrompt = prompt.value;
    askSoon(typing ? rest : 0);
  });
}
