import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { follow } from "../lib/drag";
import { shortTime, timecode } from "../lib/timecode";
import * as deck from "../stage/deck";
import { clip, duration, fps, limits, source } from "../state/clip";
import { segment } from "../state/request";
import { Filmstrip } from "./Filmstrip";
import { SegmentRange } from "./SegmentRange";
import { SpanBars } from "./SpanBars";
import { Soundlane } from "./Soundlane";
import { percent, place, reveal, scale, scroll, showSegment, span, tick, timeAt, zoomed } from "./scale";

/** Timeline shows the clip along time: pictures, sound, the segment, and what becomes of each part. */
export function Timeline() {
  const lanes = useRef<HTMLDivElement>(null);
  const width = useSignal(800);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => (width.value = entry!.contentRect.width));
    watch.observe(lanes.current!);
    const onWheel = (e: WheelEvent) => wheel(e, lanes.current!);
    lanes.current!.addEventListener("wheel", onWheel, { passive: false });
    return () => watch.disconnect();
  }, []);
  const ready = source.value.state === "ready";
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <h2 class="sr" id="timeline-title">Timeline</h2>
      <div class="lanes" ref={lanes} onPointerDown={scrub}>
        <Ruler width={width.value} />
        <Filmstrip width={width.value} />
        <Soundlane />
        {ready && duration.value > 0 && <SegmentRange lanes={lanes} />}
        {ready && <Playhead />}
      </div>
      <SpanBars />
      <div class="timeline-foot">
        <Legend />
        <Zoom />
      </div>
    </section>
  );
}

/** wheel zooms with Ctrl held, as pinching sends it, and moves along a zoomed timeline sideways or with Shift. */
function wheel(e: WheelEvent, lanes: HTMLElement): void {
  const box = lanes.getBoundingClientRect();
  const sideways = e.shiftKey && !e.deltaX ? e.deltaY : e.deltaX;
  if (e.ctrlKey || e.metaKey) scale(zoomed.peek() * Math.exp(-e.deltaY / 300), timeAt((e.clientX - box.left) / box.width));
  else if (zoomed.peek() > 1 && Math.abs(sideways) > (e.shiftKey ? 0 : Math.abs(e.deltaY))) scroll(timeAt(0) + (sideways / box.width) * span.peek());
  else return;
  e.preventDefault();
}

/** scrub moves the playhead with the pointer. The segment's grips catch their own pointers. */
function scrub(e: PointerEvent): void {
  if (e.button !== 0 || !clip.peek()) return;
  const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
  const go = (m: PointerEvent) => deck.seek(timeAt((m.clientX - box.left) / box.width));
  deck.pause();
  go(e);
  follow(e, go);
}

function Ruler({ width }: { width: number }) {
  const every = tick(width / 80);
  const marks: number[] = [];
  const first = Math.ceil(timeAt(0) / every) * every;
  for (let t = first; t <= timeAt(1) + 1e-6 && duration.value > 0; t += every) marks.push(t);
  // The last label stands left of its mark where there is no room right of it; the one before makes way.
  const end = marks.at(-1) ?? 0;
  if (marks.length > 1 && place(end) > 0.96 && (place(end) - place(marks.at(-2)!)) * width < 130) marks.splice(-2, 1);
  const label = (t: number) => (every < 1 ? timecode(t, fps.value) : shortTime(t));
  const crowded = (every / span.value) * width < 140; // a mark at the end is written before it, where another's writing is
  return (
    <div class="ruler" aria-hidden="true">
      {marks.filter((t) => !crowded || place(t) <= 0.96).map((t) => (
        <span key={t.toFixed(2)} class={place(t) > 0.96 ? "late" : ""} style={{ left: percent(t) }}>{label(t)}</span>
      ))}
    </div>
  );
}

/** Playhead moves with the clock; the signals change the element itself, so that playing draws nothing else anew. */
function Playhead() {
  const at = useComputed(() => `transform: translateX(clamp(1px, ${percent(deck.now.value)}, calc(100% - 1px)))`);
  const away = useComputed(() => Math.abs(place(deck.now.value) - 0.5) > 0.501);
  useSignalEffect(() => reveal(deck.now.value)); // wherever it goes, by playing or by steps
  return <div class="playhead" hidden={away} style={at} aria-hidden="true" data-testid="playhead" />;
}

function Legend() {
  return (
    <ul class="legend" aria-label="What the colours mean">
      <li><span class="swatch exact" />kept bit for bit</li>
      <li><span class="swatch recoded" />re-encoded, looks the same</li>
      <li><span class="swatch edit" />made new</li>
    </ul>
  );
}

function Zoom() {
  const middle = () => (segment.peek().start + segment.peek().end) / 2;
  if (limits.value.clip < 8) return null;
  return (
    <div class="zoom" role="group" aria-label="Zoom of the timeline">
      <button class="plain icon" title="Show more" aria-label="Show more" aria-disabled={zoomed.value <= 1} onClick={() => scale(zoomed.value / 2, middle())}>−</button>
      <button class="plain icon" title="Look closer" aria-label="Look closer" aria-disabled={span.value <= 2.01} onClick={() => scale(zoomed.value * 2, middle())}>+</button>
      <button class="plain" aria-label={zoomed.value > 1.01 ? "Whole clip on the timeline" : "Segment across the timeline"} onClick={() => (zoomed.value > 1.01 ? scale(1, 0) : showSegment())}>{zoomed.value > 1.01 ? "Whole clip" : "Segment"}</button>
    </div>
  );
}
