import { useSignal } from "@preact/signals";
import type { Engine } from "../lib/api";
import { costs, whereTo } from "./engineWords";
import { able, engine, loadEngines } from "../state/engines";
import { problemAt } from "../state/plan";
import { noteFailure } from "../state/session";
import { params, set } from "../state/request";

/** EngineChoice chooses who makes the takes, and says of each what it costs, where footage goes and why it isn't ready. */
export function EngineChoice() {
  const open = useSignal(false);
  const problem = problemAt("engine");
  const chosen = params.value.engine;
  const close = (e: KeyboardEvent) => {
    if (e.key !== "Escape" || !open.value) return;
    e.preventDefault();
    open.value = false;
    document.getElementById("engine")?.focus();
  };
  const onToggle = (e: Event & { currentTarget: HTMLDetailsElement }) => {
    open.value = e.currentTarget.open;
    if (open.value) loadEngines().catch(noteFailure); // others may be ready by now
  };
  const auto = engine.value ? `auto (${engine.value.title})` : "auto";
  const named = able.value.find((e) => e.name === chosen);
  return (
    <div>
      <span class="label" id="engine-label">Engine</span>
      <details class="engines" open={open.value} onToggle={onToggle} onKeyDown={close}>
        <summary id="engine" data-invalid={problem ? "true" : undefined} aria-labelledby="engine-label engine-now" aria-describedby="engine-says"><span id="engine-now">{chosen === undefined ? auto : named?.title ?? String(chosen)}</span></summary>
        {open.value && (
          <div role="radiogroup" aria-labelledby="engine-label">
            <Option name="" title={auto} chosen={chosen === undefined} />
            {able.value.map((e) => <Option key={e.name} name={e.name} title={e.title} engine={e} chosen={chosen === e.name} />)}
          </div>
        )}
      </details>
      <div id="engine-says">
        <div role="status">{problem ? <p class="problem">{problem}</p> : engine.value && <NotReady e={engine.value} />}</div>
        {!problem && engine.value && <p class="hint">{costs(engine.value)}; {whereTo(engine.value)}.</p>}
      </div>
    </div>
  );
}

function Option({ name, title, engine: e, chosen }: { name: string; title: string; engine?: Engine; chosen: boolean }) {
  const id = `engine-${name || "auto"}`;
  return (
    <div class="option">
      <label><input type="radio" name="engine" checked={chosen} aria-describedby={`${id}-says`} onChange={() => set({ engine: name || undefined })} data-testid={id} /> {title}</label>
      <div id={`${id}-says`}>
        {e ? <><p class="hint">{costs(e)}; {whereTo(e)}.</p><NotReady e={e} /></> : <p class="hint">the first engine of the model, or one that may stand in while it isn't ready</p>}
      </div>
    </div>
  );
}

function NotReady({ e }: { e: Engine }) {
  return e.ready ? null : <p class="problem">Not ready. {e.reason}</p>;
}
