import { useComputed, useSignal } from "@preact/signals";
import { inWords } from "../lib/timecode";
import { boot } from "../state/boot";
import { clip, source } from "../state/clip";
import { plan, planFailure, problemAt, problems } from "../state/plan";
import { chooseModel, common, input, mode, model, modelID, names, params, segment, set, takeCount } from "../state/request";
import { rows, sending } from "../state/takes";
import { ApiTab } from "./ApiTab";
import { JsonView } from "./JsonView";
import { makeOrShow } from "./make";
import { ModeButtons, refusedMode } from "./ModeButtons";
import { engine, engines, Prompt } from "./Prompt";
import { Field, SchemaForm } from "./SchemaForm";
import { SegmentFields } from "./SegmentFields";

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
  const n = useComputed(() => String(params.value.num_generations ?? 1));
  const change = (n: number) => set({ num_generations: n === 1 ? undefined : Math.min(12, Math.max(1, n)) });
  return (
    <div>
      <label for="takes">Takes</label>
      <div class="stepper">
        <button type="button" aria-label="One take fewer" aria-disabled={takeCount.value <= 1} onClick={() => change(takeCount.value - 1)}>−</button>
        <input id="takes" type="text" inputMode="numeric" value={n.value} aria-invalid={problem ? "true" : undefined} aria-describedby={problem ? "takes-says" : undefined}
          onKeyDown={(e) => {
            const by = { ArrowUp: 1, ArrowDown: -1 }[e.key];
            if (by) e.preventDefault();
            if (by) change(takeCount.value + by);
            if (e.key === "Enter") e.currentTarget.dispatchEvent(new Event("change")); // before Ctrl+Enter makes them
          }}
          onChange={(e) => {
            const n = Math.round(Number(e.currentTarget.value));
            change(Number.isFinite(n) ? n : 1);
            e.currentTarget.value = String(takeCount.value);
          }} />
        <button type="button" aria-label="One take more" aria-disabled={takeCount.value >= 12} onClick={() => change(takeCount.value + 1)}>+</button>
      </div>
      {problem && <p class="problem" id="takes-says">{problem}</p>}
    </div>
  );
}

function Seed() {
  return <Field name="seed" p={{ ...common.seed!, description: "" }} />;
}

function EngineChoice() {
  const chosen = useComputed(() => String(params.value.engine ?? ""));
  const able = engines.value.filter((e) => model.value?.engines.includes(e.name));
  const problem = problemAt("engine");
  return (
    <div>
      <label for="engine">Engine</label>
      <select id="engine" aria-invalid={problem ? "true" : undefined} aria-describedby="engine-says" value={chosen.value} onChange={(e) => set({ engine: e.currentTarget.value || undefined })}>
        <option value="">{engine.value ? `${engine.value.title} (auto)` : "auto"}</option>
        {able.map((e) => <option key={e.name} value={e.name}>{e.title}{e.ready ? "" : " (not ready)"}</option>)}
      </select>
      <div id="engine-says" role="status">{problem ? <p class="problem">{problem}</p> : engine.value && !engine.value.ready && <p class="problem">{engine.value.reason}</p>}</div>
    </div>
  );
}

/** estimate guesses how long the takes will run from the last ones like them, seconds; null without any. */
function estimate(): number | null {
  const like = rows.value.filter((r) => r.status === "succeeded" && r.started_at && r.completed_at && r.segment && (r.mode ?? r.retake_mode) === mode.value).slice(0, 5);
  if (like.length === 0) return null;
  const perSecond = like.map((r) => (r.completed_at! - r.started_at!) / (r.segment!.end - r.segment!.start)).sort((x, y) => x - y);
  return Math.max(1, perSecond[Math.floor(perSecond.length / 2)]! * (segment.value.end - segment.value.start) * takeCount.value);
}

function MakeButton() {
  const n = takeCount.value;
  const general = problems.value.find((p) => !p.field);
  const away = source.value.state === "problem"; // which the stage says
  const atInput = problemAt(names.value.input_video);
  const elsewhere = away || atInput === refusedMode() ? null : atInput; // both are said where they belong
  const off = !input.value || source.value.state === "loading";
  return (
    <div class="make">
      {general && <p class="problem" role="alert">{general.message}</p>}
      {elsewhere && <p class="problem" role="alert">{elsewhere}</p>}
      {planFailure.value && !clip.value && !away && <p class="problem" role="alert">{planFailure.value.message}</p>}
      <button class="primary" disabled={off} aria-disabled={sending.value} onClick={() => void makeOrShow()} title="Ctrl+Enter" data-testid="make">
        <span>{sending.value ? "Sending …" : n > 1 ? `Make ${n} takes` : "Make the take"}</span>
        {!sending.value && <Guess />}
      </button>
      {plan.value && problems.value.length === 0 && <Outlook />}
    </div>
  );
}

function Guess() {
  const guess = useComputed(() => {
    const seconds = estimate();
    return seconds === null ? null : inWords(seconds);
  });
  return guess.value === null ? null : <span class="guess">about {guess.value}</span>;
}

/** Outlook says before a take what it will keep. */
function Outlook() {
  const p = plan.value!;
  const video = p.spans.video.filter((s) => s.kind !== "edit");
  const kept = video.filter((s) => s.kept && s.kind !== "lead-in" && s.kind !== "bridge").reduce((n, s) => n + s.count, 0);
  const total = video.reduce((n, s) => n + s.count, 0);
  if (!p.exact) return <p class="hint">{p.reasons[0] ?? "Not everything outside the segment can stay exactly as it is."}</p>;
  const pictures = total === 0 ? "" : kept === total ? `All ${total.toLocaleString("en")} frames outside the segment stay bit for bit.` : `${kept.toLocaleString("en")} of ${total.toLocaleString("en")} frames outside the segment stay bit for bit; ${(total - kept).toLocaleString("en")} up to the next keyframe are re-encoded and look the same.`;
  return <p class="hint" data-testid="promise">{pictures}</p>;
}
