import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { opened } from "../lib/events";
import { engine, loadVocabulary, vocabulary } from "../state/engines";
import { PlanJson } from "./PlanJson";
import { plan, problemAt } from "../state/plan";
import { mode, names, prompt, property, setRole } from "../state/request";
import { completed, matches } from "./words";

const suggestions = new Map([
  ["replace_video", ["heavy snow", "night", "black and white"]],
  ["replace_audio", ["ocean waves", "wind howling", "silence"]],
  ["replace_audio_and_video", ["heavy snow, wind howling", "night, heavy rain", "thunderstorm"]],
]);

/** Prompt is the field for what should change, with what the engine reads in it. */
export function Prompt() {
  const field = useRef<HTMLTextAreaElement>(null);
  const all = useSignal(false);
  const name = engine.value?.name;
  const missing = vocabulary.value.length === 0 ? opened.value : 0; // the server may have been away
  useEffect(() => {
    if (name) void loadVocabulary(name);
  }, [name, missing]);
  const most = property("prompt")?.maxLength ?? 5000;
  const problem = problemAt(names.value.prompt);
  const text = prompt.value;
  const length = [...text].length; // characters, as the server counts them: an emoji is one
  const put = (words: string) => {
    setRole("prompt", words);
    field.current?.focus();
  };
  return (
    <section class="prompt">
      <label for="prompt">What should change?</label>
      <textarea id="prompt" ref={field} rows={3} value={text} placeholder="heavy snow, wind howling" aria-invalid={problem ? "true" : undefined}
        aria-describedby="prompt-says prompt-count" onInput={(e) => setRole("prompt", e.currentTarget.value)} />
      <div class="under">
        <div id="prompt-says" aria-live="polite" data-testid="reading">
          {problem ? <p class="problem">{problem}</p> : <Reading />}
        </div>
        <span id="prompt-count" class={length > most ? "problem" : "hint"}>{length.toLocaleString("en")} / {most.toLocaleString("en")}<span class="sr"> characters</span></span>
      </div>
      {!text.trim() ? (
        <div class="chips" role="group" aria-label="Suggestions">
          {(suggestions.get(mode.value) ?? []).map((s) => <button key={s} onClick={() => put(s)}>{s}</button>)}
        </div>
      ) : (
        <Matches text={text} put={put} />
      )}
      <div class="aids">
        {vocabulary.value.length > 0 && (
          <details class="words" open={all.value} onToggle={(e) => (all.value = e.currentTarget.open)}>
            <summary>Words the {engine.value?.title ?? "engine"} knows</summary>
            {all.value && vocabulary.value.map((g) => (
              <div key={g.title}>
                <h3>{g.title}</h3>
                <div class="chips">{g.terms.map((t) => <button key={t.label} title={t.phrases.slice(0, 12).join(", ")} onClick={() => put(added(prompt.peek(), t.example))}>{t.label}</button>)}</div>
              </div>
            ))}
          </details>
        )}
        {!problem && <PlanJson of={plan.value?.reading_plan} />}
      </div>
    </section>
  );
}

function Reading() {
  const p = plan.value;
  if (!p) return null;
  return (
    <>
      {p.reading && <p class="reading">understood: {p.reading}</p>}
      {[...new Set(p.warnings)].map((w) => <p key={w} class="hint">{w}</p>)}
    </>
  );
}

/** oneLine keeps what fits beside each other, so that the form keeps its height while somebody types. */
function oneLine(phrases: string[]): string[] {
  let room = 52; // characters, a button's edges being worth 5
  return phrases.filter((p, i) => (room -= p.length + 5) >= 0 || i === 0);
}

/** Matches offers the known words that begin like the one being typed. */
function Matches({ text, put }: { text: string; put: (words: string) => void }) {
  const found = oneLine(matches(text, vocabulary.value.flatMap((g) => g.terms)));
  if (found.length === 0) return <div class="chips" />;
  return (
    <div class="chips" role="group" aria-label="Known words that fit">
      {found.map((phrase) => <button key={phrase} onClick={() => put(completed(text, phrase))}>{phrase}</button>)}
    </div>
  );
}

function added(text: string, words: string): string {
  return text.trim() ? `${text.trim().replace(/,$/, "")}, ${words}` : words;
}
