import type { Span } from "../lib/api";
import { plural } from "../lib/format";
import { duration } from "../state/clip";
import { plan } from "../state/plan";
import { mode } from "../state/request";
import { current } from "../state/takes";
import { percent } from "./scale";

/** SpanBars shows under the timeline what becomes of each part: planned before a take, measured after it. */
export function SpanBars() {
  const report = current.value?.row.report;
  const video = report ? report.video?.spans : plan.value?.spans.video;
  const audio = report ? report.audio?.spans : plan.value?.spans.audio;
  return (
    <div class="spans" role="group" aria-label={report ? "What the take kept" : "What a take will keep"} data-testid="spans" data-from={report ? "report" : "plan"}>
      <Bar name="picture" spans={video} unit="frame" />
      <Bar name="sound" spans={audio} unit="packet" />
    </div>
  );
}

function Bar({ name, spans, unit }: { name: string; spans: Span[] | null | undefined; unit: string }) {
  const list = duration.value > 0 ? (spans ?? []) : []; // where a time stands is known once the clip is
  const label = list.length ? `${name}: ${list.map((s) => sayShort(s, unit)).join(", ")}` : `${name}: not known yet`;
  return (
    <div class="bar" role="img" aria-label={label} data-track={name} data-mode={mode.value}>
      {list.filter((s) => s.count > 0).map((s) => (
        <span key={s.kind} class={`span ${spanClass(s)}`} title={sayShort(s, unit)} data-kind={s.kind}
          style={{ left: percent(s.start), width: `calc(${percent(s.end)} - ${percent(s.start)})` }} />
      ))}
    </div>
  );
}

/** spanClass says which of the three colours a span has. */
export function spanClass(s: Span): string {
  if (s.kind === "edit") return "edit";
  return s.kind === "lead-in" || s.kind === "bridge" || !s.kept ? "recoded" : "exact";
}

function sayShort(s: Span, unit: string): string {
  const what = { edit: "made new", exact: "kept bit for bit", recoded: "re-encoded" }[spanClass(s)]!;
  return `${plural(s.count, unit)} ${what}`;
}
