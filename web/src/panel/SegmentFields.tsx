import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { parseTime, timecode } from "../lib/timecode";
import { plural } from "../lib/format";
import { fps, limits } from "../state/clip";
import { plan, problemAt } from "../state/plan";
import { names, segment, setSegment } from "../state/request";
import * as deck from "../stage/deck";
import { drag, type Range, setStart } from "../state/range";

/** SegmentFields are the segment as numbers: where it begins, where it ends, how long it is. */
export function SegmentFields() {
  const said = useSignal<string | null>(null);
  const { start, end } = segment.value;
  const problem = said.value ?? problemAt(names.value.start_time) ?? problemAt(names.value.duration);
  const mine = useRef<string>(""); // the segment that a word was said about
  const apply = (r: Range) => {
    setSegment(r);
    mine.current = `${r.start} ${r.end}`;
    said.value = r.reason;
  };
  useEffect(() => {
    if (`${start} ${end}` !== mine.current) said.value = null; // it was changed elsewhere since
    mine.current = `${start} ${end}`;
  }, [start, end]);
  const planned = plan.value?.segment;
  return (
    <fieldset class="segment-fields">
      <legend>Segment</legend>
      <div class="fields">
        <TimeField id="in" label="In" seconds={start} apply={(t) => apply(setStart(t, segment.peek(), limits.peek()))} said={said} problem={problem} />
        <TimeField id="out" label="Out" seconds={end} apply={(t) => apply(drag("end", t, segment.peek(), limits.peek()))} said={said} problem={problem} />
        <TimeField id="length" label="Length" seconds={end - start} plain apply={(t) => apply(drag("end", segment.peek().start + t, segment.peek(), limits.peek()))} said={said} problem={problem} />
      </div>
      <div id="segment-says">
        <div role="status">{problem && <p class="problem">{problem}</p>}</div>
        {!problem && <p class="hint" data-testid="frames">
          {planned ? `Frames ${planned.first_frame.toLocaleString("en")} to ${(planned.first_frame + planned.frames - 1).toLocaleString("en")} (${plural(planned.frames, "frame")}) are made new.` : ""}
        </p>}
      </div>
    </fieldset>
  );
}

interface FieldProps {
  id: string;
  label: string;
  seconds: number;
  plain?: boolean; // a length in seconds rather than a timecode
  apply: (t: number) => void;
  said: { value: string | null };
  problem: string | null;
}

function TimeField({ id, label, seconds, plain, apply, said, problem }: FieldProps) {
  const typed = useSignal<string | null>(null); // null: shows the value
  const shown = plain ? `${Math.round(seconds * 100) / 100} s` : timecode(seconds, fps.value);
  // Leaving the field takes the time; only Enter goes there, as what was clicked on may move the playhead itself.
  const take = (go: boolean) => {
    const text = typed.value;
    typed.value = null;
    if (text === null || text.trim() === shown) return;
    const t = parseTime(text, fps.peek());
    if (t === null) said.value = `“${text}” is no time. Write seconds (3.5), timecode (0:03:12) or frames (96f).`;
    else {
      apply(t);
      if (go && id !== "length") deck.seek(id === "in" ? segment.peek().start : segment.peek().end - 1 / fps.peek());
    }
  };
  return (
    <div>
      <label for={`segment-${id}`}>{label}</label>
      <input id={`segment-${id}`} type="text" class="time" autocomplete="off" spellcheck={false} value={typed.value ?? shown} aria-invalid={problem ? "true" : undefined}
        aria-describedby="segment-says" onFocus={(e) => e.currentTarget.select()} onInput={(e) => (typed.value = e.currentTarget.value)} onBlur={() => take(false)}
        onKeyDown={(e) => {
          if (e.key === "Enter") take(true);
          if (e.key === "Escape") typed.value = null;
        }} />
    </div>
  );
}
