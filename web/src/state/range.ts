// The segment while it is dragged. It lies on whole frames, is as long as the model allows, and ends with the clip.
import { nearestFrame, round6 } from "../lib/timecode";

export interface Limits {
  min: number; // seconds
  max: number;
  clip: number; // the clip's length, seconds
  fps: number;
}

export interface Range {
  start: number; // seconds
  end: number;
  /** Why the segment did not follow the pointer any further. */
  reason: string | null;
}

/** What is dragged: one end, or all of it. */
export type Grip = "start" | "end" | "whole";

interface Frames { min: number; max: number; clip: number }

function inFrames(l: Limits): Frames {
  return {
    min: Math.ceil(l.min * l.fps - 1e-4),
    max: Math.floor(l.max * l.fps + 1e-4),
    clip: nearestFrame(l.clip, l.fps),
  };
}

const clamp = (n: number, low: number, high: number) => Math.min(Math.max(n, low), high);

/** drag moves the grip to a time (for "whole": the start to it), as far as the limits let it. */
export function drag(grip: Grip, at: number, from: { start: number; end: number }, l: Limits): Range {
  const f = inFrames(l);
  let start = nearestFrame(from.start, l.fps);
  let end = nearestFrame(from.end, l.fps);
  const want = Math.round(at * l.fps);
  let reason: string | null = null;
  if (f.clip < f.min) {
    return { start: 0, end: round6(f.clip / l.fps), reason: `The clip is ${trim(l.clip)} s long; a segment needs ${trim(l.min)} s.` };
  }
  if (grip === "whole") {
    const length = clamp(end - start, f.min, Math.min(f.max, f.clip));
    start = clamp(want, 0, f.clip - length);
    end = start + length;
    if (want > start) reason = "The clip ends here.";
    if (want < start) reason = "The clip starts here.";
  } else if (grip === "start") {
    start = clamp(want, Math.max(0, end - f.max), Math.max(0, end - f.min));
    if (want > start) reason = `A segment is at least ${trim(l.min)} s long.`;
    if (want < start) reason = start === 0 ? "The clip starts here." : `A segment is at most ${trim(l.max)} s long.`;
  } else {
    end = clamp(want, Math.min(f.clip, start + f.min), Math.min(f.clip, start + f.max));
    if (want < end) reason = `A segment is at least ${trim(l.min)} s long.`;
    if (want > end) reason = end === f.clip ? "The clip ends here." : `A segment is at most ${trim(l.max)} s long.`;
  }
  return { start: round6(start / l.fps), end: round6(end / l.fps), reason };
}

/** setStart puts the start at a time, as I does: the end stays where it can, and gives way where it must. */
export function setStart(at: number, from: { start: number; end: number }, l: Limits): Range {
  const f = inFrames(l);
  const start = clamp(nearestFrame(at, l.fps), 0, Math.max(0, f.clip - f.min));
  const end = clamp(nearestFrame(from.end, l.fps), start + f.min, Math.min(f.clip, start + f.max));
  const reason = nearestFrame(at, l.fps) > start ? `A segment is at least ${trim(l.min)} s long, and the clip ends at ${trim(l.clip)} s.` : null;
  return { start: round6(start / l.fps), end: round6(Math.min(end, f.clip) / l.fps), reason };
}

/** setEnd puts the end at a time, as O does: the start stays where it can, and gives way where it must. */
export function setEnd(at: number, from: { start: number; end: number }, l: Limits): Range {
  const f = inFrames(l);
  const end = clamp(nearestFrame(at, l.fps), Math.min(f.min, f.clip), f.clip);
  const start = clamp(nearestFrame(from.start, l.fps), Math.max(0, end - f.max), Math.max(0, end - f.min));
  const reason = nearestFrame(at, l.fps) < end ? `A segment is at least ${trim(l.min)} s long.` : null;
  return { start: round6(start / l.fps), end: round6(end / l.fps), reason };
}

/** fit makes any range one that the limits allow, changing as little as it can. */
export function fit(from: { start: number; end: number }, l: Limits): Range {
  const start = setStart(from.start, from, l);
  return { ...drag("end", from.end, start, l), reason: null };
}

function trim(n: number): string {
  return String(Math.round(n * 100) / 100);
}
