// The clip that is edited: what the server knows of it, its strip of pictures and its sound.
import { computed, effect, signal } from "@preact/signals";
import { type Clip, Failure, get, local, type Waveform, withQuery } from "../lib/api";
import { input, property, segment } from "./request";
import type { Limits } from "../timeline/range";

export type ClipState =
  | { state: "none" }
  | { state: "loading"; address: string }
  | { state: "ready"; address: string; clip: Clip }
  | { state: "away"; address: string } // an address that this server has not fetched
  | { state: "problem"; address: string; message: string };

export const source = signal<ClipState>({ state: "none" });
export const waveform = signal<Waveform | null>(null);

/** A file chosen on this machine, shown while it is on its way to the server. */
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

/** look asks the server about the clip again, for example once the connection is back. */
export async function look(address: string): Promise<void> {
  const mine = () => source.peek().state !== "none" && (source.peek() as { address?: string }).address === address;
  source.value = { state: "loading", address };
  waveform.value = null;
  try {
    const found = await get<Clip>(withQuery(local(address), { probe: "true" }));
    if (!mine()) return;
    source.value = { state: "ready", address, clip: found };
    if (found.audio) {
      const wave = await get<Waveform>(withQuery(local(address), { waveform: "true", points: 1600 }));
      if (mine()) waveform.value = wave;
    }
  } catch (e) {
    if (!mine() || source.peek().state === "ready") return;
    source.value = { state: "problem", address, message: e instanceof Failure ? e.message : "The clip can't be shown." };
  }
}

/** follow keeps the clip in step with the request's parameter. */
export function follow(): () => void {
  return effect(() => {
    const address = input.value;
    const now = source.peek();
    if (now.state !== "none" && now.address === address) return;
    if (!address) source.value = { state: "none" };
    else if (isHere(address)) void look(address);
    else source.value = { state: "away", address };
  });
}
