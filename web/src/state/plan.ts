// What a take with the settings of the moment would do, as the server plans it: asked again after each change, with one
// question under way at a time, so that dragging stays quick.
import { batch, computed, effect, signal } from "@preact/signals";
import { Failure, type Plan, post, type Problem } from "../lib/api";
import { body, input, names, type Params, prompt } from "./request";

export const plan = signal<Plan | null>(null);
/** The request that the plan is of. */
const planned = signal<Params | null>(null);
export const planFailure = signal<Failure | null>(null);

/** What the server said about a request that it refused, until that field changes. */
export const refusals = signal<Problem[]>([]);

/** problems are all that stand in the way of a take. An empty prompt is none before somebody asked for a take. */
export const asked = signal(false);
export const problems = computed<Problem[]>(() => {
  const list = [...refusals.value];
  const promptName = names.value.prompt;
  const wasEmpty = !String((planned.value && promptName && planned.value[promptName]) ?? "").trim();
  for (const p of plan.value?.problems ?? []) {
    // While the first words are typed, the plan is still that of the empty prompt.
    if (p.field === promptName && wasEmpty && (!asked.value || prompt.value.trim())) continue;
    if (!list.some((q) => q.field === p.field)) list.push(p);
  }
  return list;
});

export function problemAt(field: string | undefined): string | null {
  return problems.value.find((p) => p.field === field)?.message ?? null;
}

let asking: Promise<void> | null = null;

/** ask plans the request as it is; one question at a time, until the answer is about what it has become meanwhile. */
function ask(): Promise<void> {
  const due = () => input.peek() && planned.peek() !== body.peek();
  if (!asking && !due()) return Promise.resolve();
  asking ??= (async () => {
    while (due()) {
      const now = body.peek();
      const { num_generations: _, ...request } = now;
      try {
        const found = await post<Plan>("/api/ai/plan", request);
        batch(() => {
          plan.value = found;
          planned.value = now;
          planFailure.value = null;
        });
      } catch (e) {
        planned.value = now;
        if (e instanceof Failure) planFailure.value = e;
      }
    }
    asking = null;
  })();
  return asking;
}

/** settle waits until the plan is of the request as it stands, so that problems are not those of a moment ago. */
export const settle = ask;

/** follow plans anew whenever the request changes. Typing is let come to a rest first. */
export function follow(): () => void {
  let timer = 0;
  let lastPrompt = "";
  return effect(() => {
    void body.value;
    refusals.value = [];
    if (!input.value) {
      plan.value = planned.value = null;
      return;
    }
    const typing = prompt.value !== lastPrompt;
    lastPrompt = prompt.value;
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), typing ? 150 : 0);
  });
}
