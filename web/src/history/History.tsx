import { useSignal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { local, type Row } from "../lib/api";
import { connection } from "../lib/events";
import { ago, bytes, fileName, modeWords, phaseWords, plural } from "../lib/format";
import { inWords } from "../lib/timecode";
import { listen } from "../keys";
import { boot } from "../lib/boot";
import { engines, engineTitle, follow as followEngines } from "../state/engines";
import { isRunning, modelOf, roleOf, segmentOf } from "../state/row";
import { signedOut } from "../state/session";
import { costOf, downloadName, poster, verdict, verdictClass, whatFailed, whyWaiting } from "../takes/words";
import { announceTakes } from "../takes/announce";
import { DeleteButton } from "../takes/DeleteButton";
import { ReportDialog } from "../takes/ReportDialog";
import { KeysDialog, Said, SignedOut } from "../Workbench";
import "./history.css";
import { cancel, change, failure, filtered, filters, follow, loaded, none, page, pages, remove, rerun, rows, storage, took, total } from "./list";

const states: Record<string, string> = { queued: "waiting", processing: "running", succeeded: "done", failed: "failed", cancelled: "stopped" };

/** startHistory draws the page of all takes. */
export function startHistory(root: HTMLElement): void {
  follow();
  listen("history");
  followEngines();
  root.textContent = "";
  render(<History />, root);
  announceTakes(() => rows.value.map((row) => ({ row, name: `The take ${quoted(row)}` })), () => false);
}

function History() {
  return (
    <div class="history">
      <SignedOut />
      <header>
        <h1>History</h1>
        {storage.value && (
          <p class="hint" data-testid="storage">
            {plural(storage.value.generations, "take")}; results {bytes(storage.value.result_bytes)}, all files of {storage.value.namespace} {bytes(storage.value.bytes)}
          </p>
        )}
      </header>
      <FilterBar />
      {connection.value === "lost" && !signedOut.value && <p class="problem">The connection to the server is lost. The list follows when it is back.</p>}
      {failure.value && connection.value !== "lost" && <p class="problem" role="alert">{failure.value}</p>}
      <List />
      <Pager />
      <KeysDialog />
      <Said />
    </div>
  );
}

function FilterBar() {
  const f = filters.value;
  const choice = (name: "status" | "model" | "engine", label: string, options: [string, string][]) => (
    <div>
      <label for={`filter-${name}`}>{label}</label>
      <select id={`filter-${name}`} value={f[name]} onChange={(e) => change({ [name]: e.currentTarget.value })}>
        <option value="">all</option>
        {options.map(([id, text]) => <option key={id} value={id}>{text}</option>)}
      </select>
    </div>
  );
  return (
    <form class="filters" role="search" onSubmit={(e) => e.preventDefault()}>
      <div class="grow">
        <label for="filter-search">Search the prompts</label>
        <input id="filter-search" type="search" value={f.search} onInput={(e) => change({ search: e.currentTarget.value })} />
      </div>
      {choice("status", "State", Object.entries(states))}
      {choice("model", "Model", boot.models.map((m) => [m.id, m.display_name]))}
      {choice("engine", "Engine", engines.value.map((e) => [e.name, e.title]))}
    </form>
  );
}

function showAll(): void {
  change(none);
  document.getElementById("filter-search")?.focus(); // the button goes away
}

/** quoted is how a take is called among others. */
function quoted(row: Row): string {
  const words = row.prompt.length > 60 ? row.prompt.slice(0, 59) + "…" : row.prompt;
  return `“${words}”`;
}

function List() {
  if (!loaded.value) return failure.value || signedOut.value ? null : <p class="hint">Reading the list …</p>;
  if (rows.value.length === 0) {
    return filtered.value
      ? <p>Nothing fits these filters. <button onClick={showAll}>Show all</button></p>
      : <p>No take has been made yet. <a href="/ai/workbench">Make the first one</a>.</p>;
  }
  return (
    <ol class="rows" aria-label={`Takes, ${total.value} in all`} data-testid="rows">
      {rows.value.map((r, i) => <Item key={r.generation_id} row={r} place={`${i + 1} of ${rows.value.length}`} together={rows.value.filter((o) => o.request_id && o.request_id === r.request_id)} />)}
    </ol>
  );
}

/** Item is a take; together are those listed of its request, if that made several. */
function Item({ row, place, together }: { row: Row; place: string; together: Row[] }) {
  const report = useSignal(false);
  const which = `the take ${quoted(row)}, ${place}`;
  const running = isRunning(row);
  const still = poster(row, 240);
  const mode = String(roleOf(row, "mode") ?? "");
  const input = String(roleOf(row, "input_video") ?? "");
  const part = segmentOf(row);
  return (
    <li class={`item ${row.status}${together.length > 1 ? " together" : ""}`} data-testid="row" data-id={row.generation_id} data-status={row.status}>
      {still ? <a class="still" href={`/ai/workbench?take=${row.generation_id}`} tabIndex={-1} aria-hidden="true"><img alt="" loading="lazy" width={160} height={90} src={still} /></a> : <span class="still none" />}
      <div class="about">
        {together.length > 1 && <p class={together[0] === row ? "hint" : "sr"} data-testid="together">{plural(together.length, "take")} of one request</p>}
        <a class="words" aria-label={`${row.prompt}, ${place}`} href={`/ai/workbench?take=${row.generation_id}`}>{row.prompt}</a>
        <p class="hint">
          {[modeWords(mode), part && `${part.start.toFixed(2)} to ${part.end.toFixed(2)} s`, fileName(input)].filter(Boolean).join(" · ")}
        </p>
        <p class="hint">{[modelOf(row)?.display_name ?? row.model_name, engineTitle(row.engine), costOf(row), ago(row.enqueued_at), row.result_size && bytes(row.result_size)].filter(Boolean).join(" · ")}</p>
        {row.status === "failed" && <p class="problem">{whatFailed(row)}</p>}
        {row.waiting && <p class="hint">{whyWaiting(row)}</p>}
      </div>
      <div class="state">
        <span class={`badge ${row.status}`}>{states[row.status]}</span>
        <Elapsed row={row} />
        {row.status === "processing" && <><progress max={1} value={row.progress} aria-label={`Progress of ${which}`} /><span class="hint">{phaseWords(row.phase)}</span></>}
        {row.report && <button class={`plain verdict ${verdictClass(row.report)}`} aria-label={`${verdict(row.report)}: report on ${which}`} onClick={() => (report.value = true)}>{verdict(row.report)}</button>}
      </div>
      <div class="actions">
        {row.result_url && <a class="button" aria-label={`Download ${which}`} href={local(row.result_url)} download={downloadName(row, null)}>Download</a>}
        {running ? <button aria-label={`Cancel ${which}`} onClick={() => void cancel(row)}>Cancel</button> : <button aria-label={`Make again: ${which}`} onClick={() => void rerun(row)} title="The very same once more, with the same seed" data-testid="rerun">Make again</button>}
        {!running && <DeleteButton what={which} remove={() => remove(row)} />}
      </div>
      {report.value && <ReportDialog row={row} number={null} close={() => (report.value = false)} />}
    </li>
  );
}

/** Elapsed counts on while a take runs. */
function Elapsed({ row }: { row: Row }) {
  const now = useSignal(Date.now() / 1000);
  useEffect(() => {
    if (row.status !== "processing") return;
    const timer = setInterval(() => (now.value = Date.now() / 1000), 1000);
    return () => clearInterval(timer);
  }, [row.status]);
  const s = took(row, now.value);
  return s === null ? null : <span class="hint">{row.completed_at && s < 1 ? "under 1 s" : inWords(s)}</span>; // times of rows are whole seconds
}

function turn(by: number): void {
  page.value = Math.min(pages.value, Math.max(1, page.value + by));
}

function Pager() {
  if (pages.value <= 1) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      <button aria-disabled={page.value <= 1} onClick={() => turn(-1)}>Newer</button>
      <span>{page.value} of {pages.value}</span>
      <button aria-disabled={page.value >= pages.value} onClick={() => turn(1)}>Older</button>
    </nav>
  );
}
