import { useComputed, useSignal } from "@preact/signals";
import type { Span } from "../lib/api";
import { asText } from "../lib/format";
import { inWords } from "../lib/timecode";
import { boot } from "../lib/boot";
import { source } from "../state/clip";
import { engineTitle } from "../state/engines";
import { plan, planFailure, problemAt, problems } from "../state/plan";
import { allTakes, chooseModel, common, input, mode, model, modelID, mostEach, names, params, picked, set, takeCount } from "../state/request";
import { sending } from "../state/takes";
import { bridgeEnd } from "../takes/words";
import { ApiTab } from "./ApiTab";
import { EngineChoice } from "./EngineChoice";
import { JsonView } from "./JsonView";
import { makeOrShow } from "./make";
import { ModeButtons, refusedMode } from "./ModeButtons";
import { Prompt } from "./Prompt";
import { Field, SchemaForm } from "./SchemaForm";
import { SegmentFields } from "./SegmentFields";
import { offersTracks, SoundTrackChoice } from "./SoundTrackChoice";
import { byEngine, total } from "./engineWords";
import { likelyTime } from "./likelyTime";
import { fates } from "./fates";

const tabs = [["form", "Form"], ["json", "JSON"], ["api", "API"]] as const;

/** Panel is where a take is described: as a form, as JSON, or as the call that does the same. */
export function Panel() {
  const tab = useSignal<(typeof tabs)[number][0]>("form");
  const move = (e: KeyboardEvent) => {
    const at = tabs.findIndex(([id]) => id === tab.value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[e.key];
    if (to === undefined || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    const i = (to + tabs.length) % tabs.length;
    tab.value = tabs[i]![0];
    document.getElementById(`tab-${tab.value}`)?.focus();
  };
  return (
    <section class="panel" aria-labelledby="panel-title">
      <h2 class="sr" id="panel-title">The take</h2>
      <div class="tabs">
        <div role="tablist" aria-label="Views of the request" onKeyDown={move}>
          {tabs.map(([id, label]) => (
            <button key={id} id={`tab-${id}`} role="tab" aria-selected={tab.value === id} aria-controls="tab-panel" tabIndex={tab.value === id ? 0 : -1} onClick={() => (tab.value = id)}>{label}</button>
          ))}
        </div>
        <ModelChoice />
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab.value}`}>
        {tab.value === "form" ? <Form /> : tab.value === "json" ? <JsonView /> : <ApiTab />}
      </div>
      <MakeButton />
    </section>
  );
}

function ModelChoice() {
  if (boot.models.length < 2) return null;
  return (
    <select class="model" aria-label="Model" value={modelID.value} onChange={(e) => chooseModel(e.currentTarget.value)}>
      {boot.models.map((m) => <option key={m.id} value={m.id}>{m.display_name}</option>)}
    </select>
  );
}

function Form() {
  const retake = !!names.value.start_time;
  return (
    <>
      <Prompt />
      <ModeButtons />
      <SoundTrackChoice />
      {retake && <SegmentFields />}
      <div class="fields takes-row">
        <Stepper />
        <Seed />
        <EngineChoice />
      </div>
      <More />
    </>
  );
}

function More() {
  const schema = model.value?.json_request_schema;
  if (!schema || !Object.values(schema.properties).some((p) => !p["x-role"])) return null;
  return <details class="more" open><summary>More settings</summary><SchemaForm /></details>;
}

function Stepper() {
  const problem = problemAt("num_generations");
  const most = mostEach(picked.value.length);
  const n = useComputed(() => asText(params.value.num_generations ?? 1));
  const typed = useSignal<string | null>(null); // null: shows the value
  const change = (n: number) => set({ num_generations: n <= 1 ? undefined : Math.min(most, n) });
  const take = () => {
    const n = Math.round(Number(typed.value ?? NaN));
    if (Number.isFinite(n)) change(n);
    typed.value = null;
  };
  return (
    <div>
      <label for="takes">{picked.value.length > 1 ? "Takes with each" : "Takes"}</label>
      <div class="stepper">
        <button type="button" aria-label="One take fewer" aria-disabled={takeCount.value <= 1} onClick={() => change(takeCount.value - 1)}>−</button>
        <input id="takes" type="text" inputMode="numeric" value={typed.value ?? n.value} aria-invalid={problem ? "true" : undefined}
          aria-describedby={problem ? "takes-says" : undefined} onInput={(e) => (typed.value = e.currentTarget.value)} onBlur={take}
          onKeyDown={(e) => {
            const by = { ArrowUp: 1, ArrowDown: -1 }[e.key];
            if (e.key === "Enter" || by) take(); // before Ctrl+Enter makes them
            if (!by) return;
            e.preventDefault();
            change(takeCount.value + by);
          }} />
        <button type="button" aria-label="One take more" aria-disabled={takeCount.value >= most} onClick={() => change(takeCount.value + 1)}>+</button>
      </div>
      {problem && <p class="problem" id="takes-says">{problem}</p>}
    </div>
  );
}

function Seed() {
  return <Field name="seed" p={{ ...common.seed!, description: "" }} />;
}

/** hasControl tells whether a problem with a parameter stands beside a control of the form. */
function hasControl(field: string): boolean {
  const p = model.value?.json_request_schema.properties[field];
  if (field === "audio_track") return offersTracks();
  if (field === "bridge") return false; // only the JSON view has it
  return p ? p["x-role"] !== "input_video" : field === "engine" || field in common;
}

function MakeButton() {
  const n = allTakes.value;
  const away = source.value.state === "problem"; // which the stage says
  const unplaced = problems.value.filter((p) => !hasControl(p.field) && !(away && p.field === names.value.input_video) && p.message !== refusedMode());
  const off = !input.value || source.value.state === "loading" || (source.value.state === "problem" && !source.value.passing);
  return (
    <div class="make">
      {unplaced.map((p) => <p key={p.field} class="problem" role="alert">{p.message}</p>)}
      {planFailure.value && planFailure.value.status !== 0 && !away && unplaced.length === 0 && <p class="problem" role="alert">{planFailure.value.message}</p>}
      <button class="primary" disabled={off} aria-disabled={sending.value} onClick={() => void makeOrShow()} title="Ctrl+Enter" data-testid="make">
        <span>{sending.value ? "Sending …" : n > 1 ? `Make ${n} takes` : "Make the take"}</span>
        {!sending.value && <Guess />}
      </button>
      <div class="outlook">{plan.value && problems.value.length === 0 && <><Costs /><Outlook /><Fates /></>}</div>
    </div>
  );
}

/** Guess says beside the button how long the takes may run and what they will cost. */
function Guess() {
  const time = useComputed(() => {
    const seconds = likelyTime();
    return seconds === null ? null : `about ${inWords(seconds)}`;
  });
  const cost = useComputed(() => total(plan.value?.estimate));
  if (!time.value && !cost.value) return null;
  return <span class="guess"><span>{time}{time.value && cost.value && " ·"}</span> <span>{cost}</span></span>;
}

/** Costs says who takes how much, where somebody takes something. */
function Costs() {
  const says = byEngine(plan.value?.estimate, engineTitle);
  return says.length > 0 ? <p class="hint" data-testid="costs">{says.map((s) => <span key={s}>{s} </span>)}</p> : null;
}

/** Outlook says before a take what it will keep. */
function Outlook() {
  const p = plan.value!;
  if (!p.exact) return <p class="hint">{p.reasons[0] ?? "Not everything outside the segment can stay exactly as it is."}</p>;
  const frames = outside(p.spans.video);
  const packets = outside(p.spans.audio);
  const n = (count: number) => count.toLocaleString("en");
  const changed = (kind: Span["kind"]) => p.spans.video.filter((s) => s.kind === kind && !s.kept).reduce((sum, s) => sum + s.count, 0);
  const [before, after] = [changed("lead-in"), changed("bridge")];
  const beside = [before && `${n(before)} just before it`, after && `${n(after)} ${bridgeEnd(p.spans.video)}`].filter(Boolean).join(" and ");
  return (
    <p class="hint" data-testid="promise">
      {frames.total > 0 && (frames.kept === frames.total ? `All ${n(frames.total)} frames outside the segment stay bit for bit.`
        : `${n(frames.kept)} of ${n(frames.total)} frames outside the segment stay bit for bit; ${beside} ${before + after === 1 ? "is re-encoded and looks" : "are re-encoded and look"} the same.`)}
      {packets.total > packets.kept && ` ${n(packets.total - packets.kept)} of ${n(packets.total)} sound packets beside it are made anew for an even join.`}
    </p>
  );
}

/** Fates says of each track what becomes of it, for who asks. */
function Fates() {
  const p = plan.value!;
  const rows = fates(p, mode.value);
  if (rows.length + p.reasons.length === 0) return null;
  return (
    <details class="fates" data-testid="fates">
      <summary>Track by track</summary>
      {p.exact ? <dl>{rows.map((f) => <div key={f.name + f.says}><dt>{f.name}</dt><dd class={f.fate}>{f.says}</dd></div>)}</dl>
        : <ul>{p.reasons.map((r) => <li key={r}>{r}</li>)}</ul>}
    </details>
  );
}

/** outside counts what lies outside the segment, and what of it stays. */
function outside(spans: Span[]): { total: number; kept: number } {
  const beside = spans.filter((s) => s.kind !== "edit");
  return { total: beside.reduce((sum, s) => sum + s.count, 0), kept: beside.filter((s) => s.kept).reduce((sum, s) => sum + s.count, 0) };
}
