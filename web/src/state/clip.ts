// The clip that is edited: what the server knows of it, its strip of pictures and its sound.
import { computed, effect, signal } from "@preact/signals";
import { type Clip, Failure, get, local, passing, type Waveform, withQuery } from "../lib/api";
import { opened } from "../lib/events";
import { noteFailure } from "./session";
import { input, property, segment, setSegment } from "./request";
import { fit, type Limits } from "./range";

export type ClipState =
  | { state: "none" }
  | { state: "loading"; address: string }
  | { state: "ready"; address: string; clip: Clip }
  | { state: "away"; address: string } // an address that this server has not fetched
  | { state: "problem"; address: string; message: string; passing: boolean };

export const source = signal<ClipState>({ state: "none" });
export const waveform = signal<Waveform | null>(null);

/** What the server found in the clip; null until it has looked. */
export const clip = computed(() => (source.value.state === "ready" ? source.value.clip : null));
export const fps = computed(() => clip.value?.frames_per_second || 30);
export const duration = computed(() => clip.value?.duration ?? 0);

export const limits = computed<Limits>(() => {
  const d = property("duration");
  return { min: d?.minimum ?? 2, max: d?.maximum ?? 16, clip: duration.value || segment.value.end, fps: fps.value };
});

/** playable is the address that the page's players load. They need not wait until the server has looked at the clip. */
export const playable = computed(() => (source.value.state === "ready" || source.value.state === "loading" ? local(source.value.address) : null));

/** strip is the address of the row of pictures, side by side. It, too, is asked for at once, as it takes longest. */
export const stripTiles = 24;
export const strip = computed(() => (playable.value && (!clip.value || clip.value.video) ? withQuery(playable.value, { filmstrip: "true", count: stripTiles, height: 72 }) : null));

function isHere(address: string): boolean {
  return local(address).startsWith("/api/repos/");
}

/** The clip that the page began with, whose segment is left as the page's address asked; "" once another was chosen. */
let first: string | null = null;

/** look asks the server what the clip is. An answer that another clip has overtaken is dropped. */
export async function look(address: string): Promise<void> {
  const mine = () => source.peek().state !== "none" && (source.peek() as { address?: string }).address === address;
  source.value = { state: "loading", address };
  waveform.value = null;
  try {
    const found = await get<Clip>(withQuery(local(address), { probe: "true" }));
    if (!mine()) return;
    source.value = { state: "ready", address, clip: found };
    if (address !== first) moveInto();
    if (found.audio) await listenIn(address);
  } catch (e) {
    if (!mine()) return;
    noteFailure(e);
    source.value = { state: "problem", address, message: sentence(e), passing: passing(e) };
  }
}

function sentence(e: unknown): string {
  if (!(e instanceof Failure)) return "The clip can't be shown.";
  return e.status === 404 ? "This clip is not on the server any more: it was deleted, or belongs to another key. Choose another one." : e.message;
}

/** listenIn gets the drawing of the sound. Without it the clip can be edited all the same. */
async function listenIn(address: string): Promise<void> {
  try {
    const wave = await get<Waveform>(withQuery(local(address), { waveform: "true", points: 1600 }));
    const now = source.peek();
    if (now.state === "ready" && now.address === address) waveform.value = wave;
  } catch (e) {
    noteFailure(e);
  }
}

/** lookAgain asks for what could not be had while the server was away. */
function lookAgain(): void {
  const now = source.peek();
  if (now.state === "problem" && now.passing) void look(now.address);
  else if (now.state === "ready" && now.clip.audio && !waveform.peek()) void listenIn(now.address);
}

/** moveInto moves a segment that lies outside a newly chosen clip into it. */
function moveInto(): void {
  const { start, end } = segment.peek();
  const { min, clip: length } = limits.peek();
  if (start < 0 || end > length + 1e-6 || end - start < min) setSegment(fit(segment.peek(), limits.peek()));
}

/** follow keeps the clip in step with the request's parameter. */
export function follow(): () => void {
  const stopWaiting = effect(() => {
    if (opened.value > 0) lookAgain();
  });
  const stop = effect(() => {
    const address = input.value;
    const now = source.peek();
    if (address !== first) first = first === null ? address : "";
    if (now.state !== "none" && now.address === address) return;
    if (!address) source.value = { state: "none" };
    else if (isHere(address)) void look(address);
    else source.value = { state: "away", address };
  });
  return () => {
    stop();
    stopWaiting();
  };
}
