// How original and take are held against each other.
import { computed, effect, signal } from "@preact/signals";
import { local, type Row } from "../lib/api";
import { clip, playable, source } from "../state/clip";
import { engineTitle } from "../state/engines";
import { segmentOf } from "../state/row";
import { chosen, current, numbered } from "../state/takes";
import * as deck from "./deck";

export type View = "take" | "wipe" | "side" | "difference";
export const views: { id: View; label: string; title: string }[] = [
  { id: "take", label: "Take", title: "The take alone; hold C for the original" },
  { id: "wipe", label: "Wipe", title: "Original left of the line, take right of it" },
  { id: "side", label: "Side by side", title: "Original and take next to each other" },
  { id: "difference", label: "Difference", title: "What differs, made brighter; black is identical" },
];

export const view = signal<View>("take");
/** Where the line of the wipe stands, as a part of the width. */
export const wipe = signal(0.5);
/** How much brighter differences are shown. */
export const gain = signal(8);
/** While the original is asked for, by the key or the button, it stands in front. */
export const flipped = signal(false);
/** What the take is held against: "original", or another take's id. */
export const against = signal<string>("original");

export const zoom = signal(1);
export const pan = signal({ x: 0, y: 0 }); // of the picture's middle, as parts of the frame

export const canCompare = computed(() => current.value?.row.status === "succeeded" && !!current.value.row.result_url);

/** The other take that the take on the stage is held against; null for the original. */
const other = computed(() => (against.value === chosen.value ? null : numbered.value.find((t) => t.row.generation_id === against.value) ?? null));

/** The addresses that the two players load. b is null while there is nothing to compare. */
export const a = computed(() => {
  const row = other.value?.row;
  return row?.result_url ? stable(row.generation_id, row.result_url) : playable.value;
});
export const b = computed(() => (canCompare.value ? stable(current.value!.row.generation_id, current.value!.row.result_url!) : null));

/** Links are signed afresh with each answer; the player keeps the one it began with. */
const links = new Map<string, string>();
function stable(id: string, url: string): string {
  if (!links.has(id)) links.set(id, local(url));
  return links.get(id)!;
}

/** forget lets a link go that does not work, once: a new one that doesn't either has another cause. */
export function forget(id: string): boolean {
  if (forgotten.has(id)) return false;
  forgotten.add(id);
  return links.delete(id);
}
const forgotten = new Set<string>();

/** Whose sound is heard, once that was chosen; null lets it go with the picture. */
export const voice = signal<"a" | "b" | null>(null);

export const aName = computed(() => (other.value ? `Take ${other.value.number}` : "Original"));
export const bName = computed(() => (current.value ? `Take ${current.value.number}` : "Take"));

/** What stands in the corners: names with the engines that made the takes. */
export const aCaption = computed(() => withEngine(aName.value, other.value?.row));
export const bCaption = computed(() => withEngine(bName.value, current.value?.row));

const withEngine = (name: string, row?: Row) => [name, engineTitle(row?.engine)].filter(Boolean).join(" · ");

/** follow lets the sound go with the picture, a new clip start plainly, and a take be shown where it differs. */
export function follow(): () => void {
  let shown = ""; // the clip's address
  let visited: string | null = null; // the take whose segment the playhead was brought to
  const stops = [
    effect(() => {
      const shown = b.value !== null && !flipped.value ? "b" : "a";
      deck.heard.value = (a.value && b.value && voice.value) || shown;
    }),
    effect(() => {
      void [a.value, b.value];
      voice.value = null; // it was chosen of two that were there
    }),
    effect(() => {
      const s = source.value;
      if (s.state !== "ready" || s.address === shown) return;
      shown = s.address;
      zoom.value = 1;
      pan.value = { x: 0, y: 0 };
      against.value = "original";
      deck.pause();
      if (deck.now.peek() >= s.clip.duration) deck.seek(0);
    }),
    effect(() => {
      const take = current.value;
      if (chosen.value === null) visited = null;
      if (!take || !clip.value || take.row.generation_id === visited) return;
      visited = take.row.generation_id;
      const segment = segmentOf(take.row);
      if (segment && !deck.playing.peek() && !deck.within(segment)) deck.seek(segment.start);
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
