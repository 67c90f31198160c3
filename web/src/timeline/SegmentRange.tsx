import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { follow } from "../lib/drag";
import { timecode } from "../lib/timecode";
import * as deck from "../stage/deck";
import { fps, limits } from "../state/clip";
import { segment, setSegment } from "../state/request";
import { drag, type Grip } from "../state/range";
import { percent, reveal, span, timeAt } from "./scale";

/** SegmentRange is the segment on the timeline: dragged by either end or as a whole, by pointer or keys. */
export function SegmentRange({ lanes }: { lanes: RefObject<HTMLDivElement | null> }) {
  const reason = useSignal<{ text: string; grip: Grip } | null>(null);
  const { start, end } = segment.value;

  const apply = (grip: Grip, at: number, from: { start: number; end: number }) => {
    const r = drag(grip, at, from, limits.peek());
    reason.value = r.reason ? { text: r.reason, grip } : null;
    if (r.start !== segment.peek().start || r.end !== segment.peek().end) setSegment(r);
    return r;
  };

  const pull = (grip: Grip) => (e: PointerEvent) => {
    if (e.button !== 0) return;
    e.stopPropagation();
    deck.pause();
    const from = { ...segment.peek() };
    const width = lanes.current!.getBoundingClientRect().width;
    let moved = false;
    follow(e, (m) => {
      const by = ((m.clientX - e.clientX) / width) * span.peek();
      if (!moved && Math.abs(m.clientX - e.clientX) < 3) return; // a click is no drag
      moved = true;
      const r = apply(grip, (grip === "end" ? from.end : from.start) + by, from);
      deck.trail(grip === "end" ? r.end - 1 / fps.peek() : r.start);
    }, (u) => {
      reason.value = null;
      const box = lanes.current!.getBoundingClientRect();
      if (!moved && grip === "whole") deck.seek(timeAt((u.clientX - box.left) / box.width));
    });
  };

  const nudge = (grip: Grip) => (e: KeyboardEvent) => {
    const frame = 1 / fps.peek();
    const arrow = e.shiftKey ? 1 : frame;
    const by = { ArrowLeft: -arrow, ArrowDown: -arrow, ArrowRight: arrow, ArrowUp: arrow, PageDown: -1, PageUp: 1, Home: -Infinity, End: Infinity }[e.key];
    if (!by || e.altKey || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    e.stopPropagation();
    const now = segment.peek();
    const to = (grip === "end" ? now.end : now.start) + by;
    const r = apply(grip, Number.isFinite(to) ? to : by > 0 ? limits.peek().clip : 0, now);
    const at = grip === "end" ? r.end - 1 / fps.peek() : r.start;
    reveal(at);
    deck.seek(at);
  };

  const slider = (grip: Grip, label: string, at: number) => ({
    role: "slider" as const, tabIndex: 0, "aria-label": label, "aria-valuemin": 0, "aria-valuemax": Math.round(limits.value.clip * 100) / 100,
    "aria-valuenow": Math.round(at * 100) / 100,
    "aria-valuetext": grip === "whole" ? `${timecode(start, fps.value)} to ${timecode(end, fps.value)}` : timecode(at, fps.value), onPointerDown: pull(grip), onKeyDown: nudge(grip),
    onBlur: () => (reason.value = null), "data-testid": `grip-${grip}`,
  });
  return (
    <>
      <div class="shade" style={{ left: 0, width: percent(start) }} />
      <div class="shade" style={{ left: percent(end), right: 0 }} />
      <div class="segment" style={{ left: percent(start), width: `calc(${percent(end)} - ${percent(start)})` }}>
        <div class="grip whole" {...slider("whole", "Segment as a whole", start)} />
        <div class="grip start" {...slider("start", "Start of the segment", start)} />
        <div class="grip end" {...slider("end", "End of the segment", end)} />
      </div>
      <div role="status">{reason.value && (
        <p class="reason" style={{ left: `clamp(8px, ${percent(reason.value.grip === "end" ? end : start)}, calc(100% - 220px))` }}>{reason.value.text}</p>
      )}</div>
    </>
  );
}
