import { useSignal } from "@preact/signals";
import { Failure, passing, post, type Snippet } from "../lib/api";
import { boot } from "../lib/boot";
import { useSoon } from "../lib/soon";
import { notice } from "../state/notice";
import { noteFailure } from "../state/session";
import { body } from "../state/request";

/** ApiTab shows the call that does just what the form is set to. The server writes it. */
export function ApiTab() {
  const list = useSignal<Snippet[]>([]);
  const stale = useSignal(false); // the list is of another request than this one, which the server refuses
  const problem = useSignal<string | null>(null);
  const language = useSignal("curl");
  const flow = useSignal("sync");
  const all = useSignal(false);
  const request = body.value;
  useSoon(200, request, async (signal) => {
    try {
      list.value = (await post<{ snippets: Snippet[] }>("/api/ai/snippets", request, { signal })).snippets;
      stale.value = false;
      problem.value = null;
    } catch (e) {
      noteFailure(e);
      if (!(e instanceof Failure)) return;
      problem.value = e.message;
      if (!passing(e)) stale.value = true;
    }
  });
  const languages = Object.fromEntries(list.value.map((s) => [s.language, s.language_title]));
  const written = list.value.filter((s) => s.language === language.value);
  const flows = Object.fromEntries(written.map((s) => [s.flow, s.flow_title]));
  const shown = !stale.value && written.find((s) => (s.flow === flow.value || s.flow === "any") && s.parameters === (all.value ? "all" : "minimal"));
  return (
    <section class="api-tab" aria-label="The call for these settings">
      <Choice label="Language" options={languages} value={language} />
      <Choice label="Flow" options={flows} value={flow} />
      <Choice label="Parameters" options={{ no: "Minimal", yes: "All parameters" }} value={{ get value() { return all.value ? "yes" : "no"; }, set value(v) { all.value = v === "yes"; } }} />
      {problem.value && <p class="problem" role="status">{problem.value}</p>}
      {shown && (
        <div class="snippet">
          <button aria-label="Copy the call" onClick={() => void copy(shown.code)} data-testid="copy">Copy</button>
          <pre tabIndex={0} role="region" aria-label={shown.title} data-testid="snippet"><code>{shown.code}</code></pre>
        </div>
      )}
      <p class="hint">Your key is read from <code>$OXEN_API_KEY</code>; this server is <code>{boot.base}</code>.</p>
    </section>
  );
}

async function copy(code: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(code);
    notice("Copied.");
  } catch {
    notice("This browser doesn't let pages copy here. Select the text and copy it by hand.");
  }
}

/** Choice is a row of buttons, unless there is nothing to choose. */
function Choice({ label, options, value }: { label: string; options: Record<string, string>; value: { value: string } }) {
  if (Object.keys(options).length < 2) return null;
  return (
    <div class="segmented wrap" role="group" aria-label={label}>
      {Object.entries(options).map(([id, text]) => (
        <button key={id} aria-pressed={value.value === id} onClick={() => (value.value = id)}>{text}</button>
      ))}
    </div>
  );
}
