// Two players on one clock: the original (or a take it is held against) leads, the take follows.
import { effect, signal } from "@preact/signals";
import { duration, fps } from "../state/clip";
import { frameAt, nearestFrame, round6 } from "../lib/timecode";

/** The time on the clock, seconds. It lies on the start of a frame while nothing plays. */
export const now = signal(0);
export const playing = signal(false);
/** The speed: 1, 2, 4 forward, -1, -2, -4 back. */
export const speed = signal(1);
/** The span that is played round and round, seconds. */
export const loop = signal<{ start: number; end: number } | null>(null);
/** Which of the two is heard. */
export const heard = signal<"a" | "b">("a");
export const volume = signal(1);
export const muted = signal(false);

let a: HTMLVideoElement | null = null;
let b: HTMLVideoElement | null = null;
let clock = 0; // of requestAnimationFrame
let wanted: number | null = null; // a seek that waits for the one under way
let calm = false; // whether there are rests between seeks
let resting = 0; // the timer of the rest of the moment
let begun = 0; // when the last seek began, milliseconds

const longestRest = 100; // milliseconds
let last = 0; // when the clock was last looked at, milliseconds

/** busy tells whether a player is on its way to a frame. One that failed stays so for good and is not waited for. */
function busy(): boolean {
  return [a, b].some((p) => p && !p.error && p.seeking);
}

/** lead is the player that the clock follows: the first, or the second where the browser can't play the first. */
function lead(): HTMLVideoElement | null {
  return [a, b].find((p) => p && !p.error) ?? null;
}

/** Without a clip, as when it was deleted, a take has a length of its own. */
const lastFrame = () => Math.max(0, nearestFrame(duration.peek() || lead()?.duration || 0, fps.peek()) - 1);

/** inFrame returns a time within the frame, so that rounding never lands on its neighbour. */
function inFrame(frame: number): number {
  return (frame + 0.4) / fps.peek();
}

/** attach gives the deck its players; null takes one away. */
export function attach(which: "a" | "b", player: HTMLVideoElement | null): void {
  if (which === "a") a = player;
  else b = player;
  if (!player) return;
  player.addEventListener("loadedmetadata", () => place(player));
  player.addEventListener("seeked", onSeeked);
  player.addEventListener("ended", onEnded);
  place(player);
  sound();
  if (playing.peek() && speed.peek() > 0) void player.play().catch(() => {});
}

function place(player: HTMLVideoElement): void {
  if (player.readyState === 0) return;
  const frame = frameAt(now.peek(), fps.peek());
  if (frame > 0 || player.currentTime > 0) player.currentTime = inFrame(frame); // a new player shows its first frame soonest without a seek
  player.playbackRate = Math.max(1, speed.peek());
}

function onSeeked(): void {
  if (busy()) return;
  if (calm) resting = window.setTimeout(next, Math.min(performance.now() - begun, longestRest));
  else next();
}

function next(): void {
  resting = 0;
  if (wanted === null || busy()) return;
  const t = wanted;
  wanted = null;
  jump(t);
}

function jump(t: number): void {
  begun = performance.now();
  const frame = Math.min(lastFrame(), frameAt(t, fps.peek()));
  for (const player of [a, b]) {
    if (player && player.readyState > 0) player.currentTime = inFrame(frame);
  }
}

/** seek goes to the frame at a time (seconds). While the players are busy only the last wish counts. */
export function seek(t: number): void {
  calm = false;
  clearTimeout(resting);
  resting = 0;
  go(t);
}

/** trail is seek for something that is dragged: it rests as long as the last picture took, or decoding would slow the drag. */
export function trail(t: number): void {
  calm = true;
  go(t);
}

function go(t: number): void {
  const frame = Math.max(0, Math.min(lastFrame(), frameAt(t, fps.peek())));
  now.value = round6(frame / fps.peek());
  wanted = busy() || resting ? now.value : null;
  if (wanted === null) jump(now.value);
}

/** step moves by whole frames and stops what plays. */
export function step(frames: number): void {
  pause();
  const frame = frameAt(now.peek(), fps.peek()) + frames;
  seek(Math.max(0, frame) / fps.peek());
}

export function pause(): void {
  playing.value = false;
  speed.value = 1;
  cancelAnimationFrame(clock);
  for (const player of [a, b]) player?.pause();
  seek(now.peek());
}

export function play(at = 1): void {
  const span = loop.peek();
  if (span && (now.peek() < span.start - 0.001 || now.peek() >= span.end - 0.5 / fps.peek())) seek(span.start);
  else if (at > 0 && frameAt(now.peek(), fps.peek()) >= lastFrame()) seek(span?.start ?? 0);
  speed.value = at;
  playing.value = true;
  for (const player of [a, b]) {
    if (!player) continue;
    if (at < 0) player.pause();
    else {
      player.playbackRate = at;
      void player.play().catch(() => {});
    }
  }
  last = performance.now();
  cancelAnimationFrame(clock);
  clock = requestAnimationFrame(tick);
}

export function toggle(): void {
  if (playing.peek()) pause();
  else play();
}

/** shuttle is J and L: each press doubles the speed, the other direction starts anew. */
export function shuttle(direction: 1 | -1): void {
  const s = playing.peek() ? speed.peek() : 0;
  play(s * direction > 0 ? Math.max(-4, Math.min(4, s * 2)) : direction);
}

function tick(at: number): void {
  if (!playing.peek()) return;
  const first = lead();
  if (!first) return pause(); // nothing that this browser can play
  const passed = (at - last) / 1000;
  last = at;
  if (speed.peek() < 0) backwards(passed);
  else {
    if (first.readyState > 1 && !first.seeking) now.value = first.currentTime;
    together();
  }
  const span = loop.peek();
  if (span && now.peek() >= span.end - 0.5 / fps.peek()) restart(span.start);
  clock = requestAnimationFrame(tick);
}

function backwards(passed: number): void {
  const t = now.peek() + speed.peek() * passed;
  const floor = loop.peek()?.start ?? 0;
  now.value = Math.max(floor, t);
  if (!busy()) jump(now.peek());
  if (t <= floor) pause();
}

const tooFar = 0.08; // seconds, at normal speed
const lost = 1; // seconds

/** together brings the two back to within half a frame: beyond it the follower goes a tenth faster or slower, beyond tooFar whoever is in front waits, and beyond lost the follower jumps. */
function together(): void {
  if (!a || !b || a.error || b.error || a.ended || b.ended) return;
  const half = 0.5 / fps.peek();
  const ahead = b.currentTime - a.currentTime;
  if (Math.abs(ahead) > lost && !busy()) {
    b.currentTime = a.currentTime;
    return;
  }
  for (const [player, other, by] of [[a, b, -ahead], [b, a, ahead]] as const) {
    if (other.seeking || by > tooFar * speed.peek()) player.pause();
    else if (player.paused && by < half) void player.play().catch(() => {});
  }
  b.playbackRate = speed.peek() * (Math.abs(ahead) < half ? 1 : ahead > 0 ? 0.9 : 1.1);
}

function restart(t: number): void {
  now.value = t;
  jump(t);
}

function onEnded(): void {
  const span = loop.peek();
  if (!playing.peek()) return;
  if (!span) return pause();
  restart(span.start);
  for (const player of [a, b]) void player?.play().catch(() => {});
}

function sound(): void {
  for (const [name, player] of [["a", a], ["b", b]] as const) {
    if (!player) continue;
    player.muted = muted.peek() || (heard.peek() !== name && b !== null);
    player.volume = volume.peek();
  }
}

effect(() => {
  void [heard.value, volume.value, muted.value];
  sound();
});
