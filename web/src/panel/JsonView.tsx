import { batch, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { boot } from "../lib/boot";
import { problems } from "../state/plan";
import { body, modelID, params } from "../state/request";

/** JsonView is the request as JSON. It and the form are two views of one thing; either may be edited. */
export function JsonView() {
  const pretty = JSON.stringify(body.value, null, 2);
  const text = useSignal(pretty);
  const mistake = useSignal<string | null>(null);
  useEffect(() => {
    if (JSON.stringify(parse(text.peek()).value) === JSON.stringify(body.peek())) return;
    text.value = pretty;
    mistake.value = null;
  }, [pretty]);
  const change = (t: string) => {
    text.value = t;
    const r = parse(t);
    mistake.value = r.mistake;
    if (!r.value) return;
    const { model, ...rest } = r.value;
    if (typeof model !== "string" || !boot.models.some((m) => m.id === model)) {
      mistake.value = `“model” must be one of ${boot.models.map((m) => m.id).join(", ")}.`;
      return;
    }
    batch(() => {
      modelID.value = model;
      params.value = rest;
    });
  };
  return (
    <section class="json">
      <label for="json">The request as JSON</label>
      <textarea id="json" class="code" rows={16} spellcheck={false} autocomplete="off" value={text.value} aria-invalid={mistake.value ? "true" : undefined} aria-describedby="json-says" onInput={(e) => change(e.currentTarget.value)} />
      <div id="json-says" role="status">
        {mistake.value ? <p class="problem">{mistake.value}</p> : problems.value.map((p) => <p key={p.field} class="problem">{p.field && <code>{p.field}</code>} {p.message}</p>)}
        {!mistake.value && problems.value.length === 0 && <p class="hint">What is changed here changes the form, and the other way round.</p>}
      </div>
    </section>
  );
}

/** parse reads a JSON object and says in which line a mistake is. */
export function parse(text: string): { value: Record<string, unknown> | null; mistake: string | null } {
  try {
    const v: unknown = JSON.parse(text);
    if (typeof v !== "object" || v === null || Array.isArray(v)) return { value: null, mistake: "The request must be an object in braces." };
    return { value: v as Record<string, unknown>, mistake: null };
  } catch (e) {
    const said = (e as Error).message;
    const at = /position (\d+)/.exec(said);
    const line = at ? text.slice(0, Number(at[1])).split("\n").length : null;
    return { value: null, mistake: `This is not valid JSON yet${line ? ` (line ${line})` : ""}. The form keeps the last valid request.` };
  }
}
