import { useSignal } from "@preact/signals";
import { local, type Row } from "../lib/api";
import { connection } from "../lib/events";
import { phaseWords, plural } from "../lib/format";
import { inWords, timecode } from "../lib/timecode";
import { notice } from "../state/notice";
import { fps } from "../state/clip";
import { engineTitle } from "../state/engines";
import { setRole } from "../state/request";
import { isRunning, segmentOf } from "../state/row";
import { signedOut } from "../state/session";
import { cancel, cancelAll, chosen, failure, loaded, numbered, remove, runningCount, applySettings } from "../state/takes";
import { DeleteButton } from "./DeleteButton";
import { ReportDialog } from "./ReportDialog";
import { costOf, downloadName, verdict, verdictClass, whatFailed, whyWaiting } from "./words";

/** TakeList shows the takes of the clip, the newest first, running ones with how far they are. */
export function TakeList() {
  const list = [...numbered.value].reverse();
  return (
    <section class="takes" aria-labelledby="takes-title">
      <header>
        <h2><span id="takes-title">Takes<span class="sr"> of this clip</span></span> {list.length > 0 && <a class="hint" href="/ai/history">all in the history</a>}</h2>
        {runningCount.value > 1 && <button class="plain" onClick={() => void cancelAll()} data-testid="cancel-all">Cancel all {runningCount.value}</button>}
      </header>
      {connection.value === "lost" && !signedOut.value && <p class="problem">The connection to the server is lost. Takes go on there; this list follows when it is back.</p>}
      {failure.value && connection.value !== "lost" && <p class="problem" role="alert">{failure.value}</p>}
      {list.length === 0 && loaded.value && <p class="hint">No take of this clip yet. Say what should change, and make one.</p>}
      <ol reversed>
        {byRequest(list).map((takes) => (takes.length > 1 ? <Together key={takes[0]!.row.request_id} takes={takes} /> : <Take key={takes[0]!.row.generation_id} {...takes[0]!} />))}
      </ol>
    </section>
  );
}

interface Numbered {
  row: Row;
  number: number;
}

/** byRequest puts the takes of one request together, where its newest stands. */
function byRequest(list: Numbered[]): Numbered[][] {
  const groups = new Map<string, Numbered[]>();
  for (const take of list) {
    const of = take.row.request_id ?? take.row.generation_id;
    groups.set(of, [...(groups.get(of) ?? []), take]);
  }
  return [...groups.values()];
}

/** Together are the takes of one request. */
function Together({ takes }: { takes: Numbered[] }) {
  const by = new Set(takes.map((t) => t.row.engine)).size;
  const says = `One request: ${takes.length} takes${by > 1 ? ` by ${by} engines` : ""}`;
  return (
    <li class="together" data-testid="request">
      <p class="hint" aria-hidden="true">{says}</p>
      <ol reversed aria-label={says}>{takes.map((t) => <Take key={t.row.generation_id} {...t} />)}</ol>
    </li>
  );
}

function Take({ row, number }: Numbered) {
  const report = useSignal(false);
  const on = chosen.value === row.generation_id;
  return (
    <li class={`take ${row.status}${on ? " on" : ""}`} data-testid="take" data-id={row.generation_id} data-status={row.status}>
      <button class="pick" aria-pressed={on} onClick={() => (chosen.value = on ? null : row.generation_id)} title={number < 10 ? `Show take ${number} (${number})` : `Show take ${number}`}>
        <span class="sr">Take </span><span class="number">{number}</span>
        <span class="about"><span class="words">{row.prompt}</span><span class="hint" title={facts(row)}>{facts(row)}</span></span>
      </button>
      <State row={row} number={number} openReport={() => (report.value = true)} />
      {on && <Actions row={row} number={number} />}
      {report.value && row.report && <ReportDialog row={row} number={number} close={() => (report.value = false)} />}
    </li>
  );
}

function facts(row: Row): string {
  const seed = row.report?.seed ?? row.seed;
  const s = segmentOf(row);
  return [engineTitle(row.engine), costOf(row), s && `${timecode(s.start, fps.value)} to ${timecode(s.end, fps.value)}`, seed !== undefined && seed !== null && `seed ${seed}`].filter(Boolean).join(" · ");
}

function State({ row, number, openReport }: { row: Row; number: number; openReport: () => void }) {
  switch (row.status) {
    case "queued":
      return <div class="state"><Place row={row} /><Stop row={row} number={number} /></div>;
    case "processing":
      return (
        <div class="state">
          <progress max={1} value={row.progress} aria-label={`Progress of take ${number}`} />
          <span>{`${phaseWords(row.phase)}, ${Math.floor(row.progress * 100)}%${row.eta_seconds ? `, ${inWords(row.eta_seconds)} left` : ""}`}</span>
          <Stop row={row} number={number} />
        </div>
      );
    case "succeeded":
      return row.report ? (
        <div class="state"><button class={`plain verdict ${verdictClass(row.report)}`} onClick={openReport} aria-label={`${verdict(row.report)}: report on take ${number}`} title="What was kept, with its figures" data-testid="verdict">{verdict(row.report)}</button></div>
      ) : null;
    case "failed":
      return <div class="state"><p class="problem">{whatFailed(row)}</p></div>;
    case "cancelled":
      return <div class="state"><span class="hint">stopped before it was done</span></div>;
  }
}

/** Place says what a queued take waits for: its engine, or the takes ahead of it. */
function Place({ row }: { row: Row }) {
  const why = whyWaiting(row);
  if (why) return <p class="whole" data-testid="waiting">{why}</p>;
  return <span>{row.queue_position ? `${plural(row.queue_position, "take")} ahead of it` : "next in line"}</span>;
}

function Stop({ row, number }: { row: Row; number: number }) {
  return <button class="plain" aria-label={`Cancel take ${number}`} onClick={() => void cancel(row.generation_id)} data-testid="cancel">Cancel</button>;
}

function Actions({ row, number }: { row: Row; number: number }) {
  const done = row.status === "succeeded" && row.result_url;
  const edit = () => {
    setRole("input_video", local(row.result_url!).split("?")[0]!);
    chosen.value = null;
    notice(`The clip is now what take ${number} made.`);
    document.getElementById("prompt")?.focus();
  };
  return (
    <div class="actions">
      <button aria-label={`Use these settings: take ${number}`} onClick={() => { applySettings(row); notice("The form now has this take's settings."); }} data-testid="use-settings">Use these settings</button>
      {done && <a class="button" aria-label={`Download take ${number}`} href={local(row.result_url!)} download={downloadName(row, number)} data-testid="download">Download</a>}
      {done && <button aria-label={`Edit this take: take ${number}`} onClick={edit} title="Edit this take's result further" data-testid="as-source">Edit this take</button>}
      {!isRunning(row) && <DeleteButton what={`take ${number}`} remove={() => remove(row.generation_id)} />}
    </div>
  );
}
