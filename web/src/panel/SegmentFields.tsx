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
  const said = useSignal<Said | null>(null);
  const { start, end } = segment.value;
  const problem = problemAt(names.value.start_time) ?? problemAt(names.value.duration);
  const text = said.value?.text ?? problem;
  const mine = useRef<string>(""); // the segment that a word was said about
  const apply = (r: Range) => {
    setSegment(r);
    mine.current = `${r.start} ${r.end}`;
    said.value = r.reason === null ? null : { text: r.reason, wrong: null };
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
        <div role="status">{text && <p class={said.value && !said.value.wrong ? "hint" : "problem"}>{text}</p>}</div>
        {!text && <p class="hint" data-testid="frames">
          {planned ? `Frames ${planned.first_frame.toLocaleString("en")} to ${(planned.first_frame + planned.frames - 1).toLocaleString("en")} (${plural(planned.frames, "frame")}) are made new.` : ""}
        </p>}
      </div>
    </fieldset>
  );
}

/** Said is what became of a typed time: how the segment gave way, or that it is none, which the field named by wrong still shows. */
interface Said {
  text: string;
  wrong: string | null;
}

interface FieldProps {
  id: string;
  label: string;
  seconds: number;
  plain?: boolean; // a length in seconds rather than a timecode
  apply: (t: number) => void;
  said: { value: Said | null };
  problem: string | null; // with the segment itself
}

function TimeField({ id, label, seconds, plain, apply, said, problem }: FieldProps) {
  const typed = useSignal<string | null>(null); // null: shows the value
  const shown = plain ? `${Math.round(seconds * 100) / 100} s` : timecode(seconds, fps.value);
  const wrong = said.value?.wrong === id;
  const change = (text: string | null) => {
    typed.value = text;
    if (wrong) said.value = null;
  };
  // Leaving the field takes the time; only Enter goes there, as what was clicked on may move the playhead itself. What is
  // no time stays to be mended on Enter, and gives way to the segment as it is when the field is left.
  const take = (go: boolean): boolean => {
    const text = typed.value;
    const t = text === null || text.trim() === shown ? null : parseTime(text, fps.peek());
    if (text !== null && text.trim() !== shown && t === null) {
      said.value = { text: `“${text}” is no time. Write seconds (3.5), timecode (0:03:12) or frames (96f).`, wrong: go ? id : null };
      if (!go) typed.value = null;
      return false;
    }
    if (text !== null) said.value = null;
    typed.value = null;
    if (t !== null) apply(t);
    if (t !== null && go && id !== "length") deck.seek(id === "in" ? segment.peek().start : segment.peek().end - 1 / fps.peek());
    return true;
  };
  return (
    <div>
      <label for={`segment-${id}`}>{label}</label>
      <input id={`segment-${id}`} type="text" class="time" autocomplete="off" spellcheck={false} value={typed.value ?? shown} aria-invalid={problem || wrong ? "true" : undefined}
        aria-describedby="segment-says" onFocus={(e) => e.currentTarget.select()} onInput={(e) => change(e.currentTarget.value)} onBlur={() => take(false)}
        onKeyDown={(e) => {
          if (e.key === "Enter" && !take(true)) e.stopPropagation(); // Ctrl+Enter makes no take of a segment that was not meant
          if (e.key === "Escape") change(null);
        }} />
    </div>
  );
}
