// What becomes of each track of a clip, from a plan.
import type { Plan, SoundTrack } from "../lib/api";
import { codecName } from "../lib/format";

export interface TrackFate {
  name: string;
  says: string;
  fate: "edit" | "exact" | "recoded";
}

/** trackName writes a sound track for people: "2: AAC, stereo, fra, Commentary". */
export function trackName(t: SoundTrack): string {
  const language = t.language && t.language !== "und" ? t.language : "";
  return `${t.number}: ${[codecName(t.codec), channels(t.channels), language, t.title].filter(Boolean).join(", ")}`;
}

function channels(n: number): string {
  return { 1: "mono", 2: "stereo", 6: "5.1", 8: "7.1" }[n] ?? `${n} channels`;
}

/** fates lists what an exact take in a mode would do to each track; nothing where the plan knows no clip, or has reasons instead. */
export function fates(plan: Plan, mode: string): TrackFate[] {
  const clip = plan.clip;
  if (!clip || !plan.exact) return [];
  const rows: TrackFate[] = [];
  const row = (name: string, fresh: boolean): void => {
    rows.push(fresh ? { name, says: "made new in the segment", fate: "edit" } : { name, says: "stays byte for byte", fate: "exact" });
  };
  const sounds = clip.audio_tracks ?? [];
  const beside = Object.hasOwn(clip.modes, mode) ? clip.modes[mode]!.beside ?? [] : [];
  row("Pictures", mode !== "replace_audio");
  const rest = (): void => {
    if (beside.length > 0) rows.push({ name: "Beside the segment", says: `encoded anew: ${beside.join(", and ")}`, fate: "recoded" });
  };
  for (const t of sounds) row(sounds.length > 1 ? `Sound ${trackName(t)}` : "Sound", t.edited && mode !== "replace_video");
  if (sounds.length === 0 && mode !== "replace_video") rows.push({ name: "Sound", says: "a new track, silent outside the segment", fate: "edit" });
  rest();
  for (const kind of (clip.other_track_kinds ?? []).filter((k) => !k.includes("sound track"))) row(kind[0]!.toUpperCase() + kind.slice(1), false);
  return rows;
}
