import { useSignal } from "@preact/signals";
import { helpOpen } from "./keys";
import { dark, turn } from "./lib/theme";
import { addKey, removeKey, session, signOut, switchKey, namespace } from "./state/session";
import { runningCount } from "./state/takes";

/** TopbarEnd is the right end of the bar on top: on the Workbench how many takes of its clip run, then the theme and the keys. */
export function TopbarEnd() {
  return (
    <>
      {runningCount.value > 0 && <span class="running">{runningCount.value} running</span>}
      <button class="plain icon" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={() => (helpOpen.value = true)}>?</button>
      <Theme />
      <Keys />
    </>
  );
}

function Theme() {
  return (
    <button class="plain icon" aria-label={dark.value ? "Light theme" : "Dark theme"} title="Light or dark" onClick={turn} data-testid="theme">
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="1.5" /><path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" /></svg>
    </button>
  );
}

function Keys() {
  const key = useSignal("");
  const problem = useSignal<string | null>(null);
  const s = session.value;
  const change = async (work: () => Promise<void>) => {
    try {
      await work();
      location.reload(); // everything on the page belongs to the key
    } catch (e) {
      problem.value = (e as Error).message;
    }
  };
  const add = (e: Event) => {
    e.preventDefault();
    void change(() => addKey(key.value.trim()));
  };
  return (
    <details class="menu" onKeyDown={(e) => {
      if (e.key !== "Escape") return;
      e.currentTarget.open = false;
      e.currentTarget.querySelector("summary")?.focus();
    }} onFocusOut={(e) => {
      if (e.relatedTarget && !e.currentTarget.contains(e.relatedTarget as Node)) e.currentTarget.open = false;
    }}>
      <summary aria-label={namespace.value ? `Signed in as ${namespace.value}: keys` : "Keys"}>{namespace.value ?? "key"}</summary>
      <div class="menu-body">
        {namespace.value && <p class="hint">Signed in as {namespace.value}</p>}
        {(s?.keys.length ?? 0) > 1 && (
          <ul aria-label="Keys">{s!.keys.map((k) => 
            <li key={k.id}>
              <button class="plain" aria-pressed={k.id === s!.current} onClick={() => void change(() => switchKey(k.id))}>{k.namespace} <span class="hint">{k.id}</span></button>
              <button class="plain icon" aria-label={`Sign out of ${k.namespace}, key ${k.id}`} title="Sign out of this one" onClick={() => void change(() => removeKey(k.id))}>✕</button>
            </li>
          )}</ul>
        )}
        <form onSubmit={add}>
          <label for="add-key">Add another key</label>
          <div class="with-button"><input id="add-key" type="password" autocomplete="off" value={key.value} aria-invalid={problem.value ? "true" : undefined} aria-describedby={problem.value ? "add-key-says" : undefined} onInput={(e) => (key.value = e.currentTarget.value)} /><button aria-label="Add the key">Add</button></div>
          {problem.value && <p class="problem" role="alert" id="add-key-says">{problem.value}</p>}
        </form>
        <button onClick={() => void signOut()} data-testid="sign-out">Sign out</button>
      </div>
    </details>
  );
}
