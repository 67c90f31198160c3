import { useSignal } from "@preact/signals";
import type { Engine } from "../lib/api";
import { plural } from "../lib/format";
import { able, engine, loadEngines, makers, usual } from "../state/engines";
import { notice } from "../state/notice";
import { problemAt } from "../state/plan";
import { noteFailure } from "../state/session";
import { most, mostEach, pick, picked } from "../state/request";
import { costs, whereTo } from "./engineWords";

/** EngineChoice chooses who makes the takes: one engine, or several to compare. It says of each what it costs, where footage goes and why it isn't ready. */
export function EngineChoice() {
  const open = useSignal(false);
  const more = useSignal(false); // several were asked for, though there is one yet
  const problem = problemAt("engine");
  const several = more.value || picked.value.length > 1;
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
  const change = (on: boolean) => {
    more.value = on;
    if (!on) pick(picked.value.slice(0, 1));
    else if (picked.value.length === 0 && engine.value) pick([engine.value.name]);
  };
  return (
    <div>
      <span class="label" id="engine-label">Engine</span>
      <details class="engines" open={open.value} onToggle={onToggle} onKeyDown={close}>
        <summary id="engine" data-invalid={problem ? "true" : undefined} aria-labelledby="engine-label engine-now" aria-describedby="engine-says"><span id="engine-now">{nowChosen()}</span></summary>
        {open.value && (
          <div>
            <div role={several ? "group" : "radiogroup"} aria-labelledby="engine-label">
              {!several && <Option name="" title={auto()} several={false} />}
              {able.value.map((e) => <Option key={e.name} name={e.name} title={e.title} engine={e} several={several} />)}
            </div>
            {(able.value.length > 1 || several) && (
              <div class="option"><label><input type="checkbox" checked={several} onChange={(e) => change(e.currentTarget.checked)} data-testid="several-engines" /> Several engines, to compare them</label></div>
            )}
          </div>
        )}
      </details>
      <div id="engine-says">
        <div role="status">{problem ? <p class="problem">{problem}</p> : makers.value.map((e) => <NotReady key={e.name} e={e} named={makers.value.length > 1} />)}</div>
        {!problem && makers.value.map((e) => <p key={e.name} class="hint">{makers.value.length > 1 && `${e.title}: `}{costs(e)}; {whereTo(e)}.</p>)}
      </div>
    </div>
  );
}

const auto = () => (usual.value ? `auto (${usual.value.title})` : "auto");

/** nowChosen names what is chosen; an engine that isn't there by what the request calls it. */
function nowChosen(): string {
  return picked.value.map((name) => able.value.find((e) => e.name === name)?.title ?? name).join(" and ") || auto();
}

function Option({ name, title, engine: e, several }: { name: string; title: string; engine?: Engine; several: boolean }) {
  const id = `engine-${name || "auto"}`;
  const on = name === "" ? picked.value.length === 0 : picked.value.includes(name);
  const choose = (checked: boolean) => {
    const next = several ? able.value.map((o) => o.name).filter((n) => (n === name ? checked : picked.value.includes(n))) : name ? [name] : [];
    if (pick(next)) notice(`Each engine makes ${plural(mostEach(next.length), "take")} at most: ${most} in all.`);
  };
  return (
    <div class="option">
      <label><input type={several ? "checkbox" : "radio"} name="engine" checked={on} aria-describedby={`${id}-says`} onChange={(c) => choose(c.currentTarget.checked)} data-testid={id} /> {title}</label>
      <div id={`${id}-says`}>
        {e ? <><p class="hint">{costs(e)}; {whereTo(e)}.</p><NotReady e={e} /></> : <p class="hint">the first engine of the model, or one that may stand in while it isn't ready</p>}
      </div>
    </div>
  );
}

function NotReady({ e, named = false }: { e: Engine; named?: boolean }) {
  return e.ready ? null : <p class="problem">{named ? `${e.title} is not ready.` : "Not ready."} {e.reason}</p>;
}
