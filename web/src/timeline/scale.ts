// Which part of the clip the timeline shows, and where a time stands on it.
import { computed, effect, signal } from "@preact/signals";
import { duration, source } from "../state/clip";
import { segment } from "../state/request";

/** zoomed is how many times the clip is wider than the timeline; from is the first second shown. */
export const zoomed = signal(1);
export const from = signal(0);
export const span = computed(() => (duration.value || 1) / zoomed.value);

/** place returns where a time (seconds) stands, as a part of the timeline's width; it may lie outside 0 to 1. */
export function place(t: number): number {
  return (t - from.value) / span.value;
}

export const percent = (t: number) => `${place(t) * 100}%`;

/** timeAt is the reverse of place. */
export function timeAt(part: number): number {
  return from.value + part * span.value;
}

/** scale changes the zoom around a time, which keeps its place. */
export function scale(to: number, around: number): void {
  const part = place(around);
  zoomed.value = Math.min(Math.max(1, to), Math.max(1, duration.value / 2));
  scroll(around - part * span.value);
}

/** scroll shows the clip from a time on, as far as there is any. */
export function scroll(to: number): void {
  from.value = Math.max(0, Math.min(to, (duration.value || 0) - span.value));
}

/** reveal scrolls as little as makes a time visible. */
export function reveal(t: number): void {
  if (t < from.peek()) scroll(t);
  else if (t > from.peek() + span.peek()) scroll(t - span.peek());
}

/** showSegment fills the timeline with the segment and as much again beside it. */
export function showSegment(): void {
  const { start, end } = segment.peek();
  zoomed.value = Math.max(1, duration.peek() / Math.max(2, (end - start) * 2));
  scroll(start - (end - start) / 2);
}

/** tick returns the distance of the ruler's marks, seconds, so that about this many fit. */
export function tick(marks: number): number {
  const rough = span.value / Math.max(1, marks);
  return [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((s) => s >= rough) ?? 1200;
}

/** follow shows all of a new clip. */
export function follow(): () => void {
  return effect(() => {
    if (source.value.state !== "loading") return;
    zoomed.value = 1;
    from.value = 0;
  });
}
