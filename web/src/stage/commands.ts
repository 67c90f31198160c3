// What keys and buttons do to playhead and segment.
import { type Range, setEnd, setStart } from "../state/range";
import { duration, fps, limits } from "../state/clip";
import { segment, setSegment } from "../state/request";
import { notice } from "../state/notice";
import * as deck from "./deck";
import { announceLast } from "../lib/announce";
import { timecode } from "../lib/timecode";

/** markIn starts the segment at the playhead. */
export function markIn(): void {
  mark(setStart(deck.now.peek(), segment.peek(), limits.peek()));
}

/** markOut ends the segment after the frame at the playhead, so that this frame is the last new one. */
export function markOut(): void {
  mark(setEnd(deck.now.peek() + 1 / fps.peek(), segment.peek(), limits.peek()));
}

function mark(r: Range): void {
  setSegment(r);
  if (r.reason) notice(r.reason);
  announceLast(`Segment from ${timecode(r.start, fps.peek())} to ${timecode(r.end, fps.peek())}.`);
}

let margin = 0; // seconds that the loop is longer than the segment, on either side

/** loopOf says what is looped. */
export function loopOf(): "segment" | "around" | null {
  if (!deck.loop.value) return null;
  return margin ? "around" : "segment";
}

/** toggleLoop plays the segment with a margin (seconds) round and round, or stops doing so. */
export function toggleLoop(by: number): void {
  if (deck.loop.peek() && margin === by) {
    deck.loop.value = null;
    return;
  }
  margin = by;
  follow();
  if (!deck.playing.peek()) deck.play();
}

function follow(): void {
  const { start, end } = segment.peek();
  deck.loop.value = { start: Math.max(0, start - margin), end: Math.min(duration.peek(), end + margin) };
}

segment.subscribe(() => {
  if (deck.loop.peek()) follow();
});
