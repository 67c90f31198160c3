// What a take with the settings of the moment would do, as the server plans it: asked again after each change, with one
// question under way at a time, so that dragging stays quick.
import { computed, effect, signal } from "@preact/signals";
import { Failure, type Plan, post, type Problem } from "../lib/api";
import { opened } from "../lib/events";
import { body, input, names, type Params, prompt } from "./request";
import { noteFailure } from "./session";

export const plan = signal<Plan | null>(null);
export const planFailure = signal<Failure | null>(null);

/** What the server said about a request that it refused, until the request changes or is sent once more. */
export const refusals = signal<Problem[]>([]);

/** asked is true once somebody asked for a take. Before that, an empty prompt is no problem. */
export const asked = signal(false);

let planned: Params | null = null; // the request that the plan is of
let before: Problem[] = [];

/** problems are all that stand in the way of a take. What a plan said of a field goes when the field changes. */
export const problems = computed<Problem[]>(() => {
  const list = [...refusals.value];
  const now = body.value;
  for (const p of plan.value?.problems ?? []) {
    if (planned && planned[p.field] !== now[p.field]) continue;
    if (!asked.value && !prompt.value.trim() && p.field === names.value.prompt) continue;
    if (!list.some((q) => q.field === p.field)) list.push(p);
  }
  // The same list stays the same value, or every field would be drawn anew with each answer.
  if (JSON.stringify(list) !== JSON.stringify(before)) before = list;
  return before;
});

export function problemAt(field: string | undefined): string | null {
  return problems.value.find((p) => p.field === field)?.message ?? null;
}

let asking: Promise<void> | null = null;
let timer = 0;
let last = -1000; // when the last question was put, milliseconds

const apart = 66; // milliseconds between two questions: nobody reads answers that come faster
const rest = 150; // milliseconds after the last key

function askSoon(wait: number): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void ask(), Math.max(wait, last + apart - performance.now(), 0));
}

/** ask plans the request of the moment, unless that has just been done. anew asks even then: something else may have changed. */
export async function ask(anew = false): Promise<void> {
  while (asking) await asking; // one question at a time; whoever waited has the last word
  clearTimeout(timer);
  if (!anew && planned === body.peek() && !planFailure.peek()) return;
  asking = question(body.peek());
  await asking;
}

async function question(of: Params): Promise<void> {
  last = performance.now();
  const clip = input.peek();
  try {
    const answer = await post<Plan>("/api/ai/plan", of);
    planFailure.value = null;
    if (clip === input.peek()) {
      planned = of;
      plan.value = answer;
    }
  } catch (e) {
    noteFailure(e);
    if (e instanceof Failure) planFailure.value = e;
  } finally {
    asking = null;
  }
}

/** follow plans anew whenever the request changes, or the server can be reached again. Typing is let come to a rest first. */
export function follow(): () => void {
  let lastPrompt = "";
  let lastClip = "";
  let request: unknown = null;
  return effect(() => {
    void opened.value;
    if (body.value !== request && refusals.peek().length > 0) refusals.value = [];
    request = body.value;
    if (input.value !== lastClip) {
      plan.value = planned = null; // what was planned for another clip says nothing of this one
      lastClip = input.value;
    }
    if (!input.value) return clearTimeout(timer);
    const typing = prompt.value !== lastPrompt;
    lastPrompt = prompt.value;
    askSoon(typing ? rest : 0);
  });
}
