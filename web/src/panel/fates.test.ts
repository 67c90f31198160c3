import { expect, test } from "vitest";
import type { Clip, Plan, SoundTrack } from "../lib/api";
import { fates, trackName } from "./fates";

const first: SoundTrack = { number: 1, codec: "aac", sample_rate: 48000, channels: 1, language: "eng", edited: true };
const second: SoundTrack = { number: 2, codec: "pcm_s16le", sample_rate: 48000, channels: 2, language: "und", title: "Boom", edited: false };

function plan(clip: Partial<Clip>, more: Partial<Plan> = {}): Plan {
  return { exact: true, reasons: [], clip: { modes: {}, ...clip }, ...more } as Plan;
}

const said = (p: Plan, mode: string) => fates(p, mode).map((f) => `${f.name}: ${f.says}`);

test("a sound track is named by number, codec, channels, language and title", () => {
  expect(trackName(first)).toBe("1: AAC, mono, eng");
  expect(trackName(second)).toBe("2: PCM, stereo, Boom");
  expect(trackName({ ...second, channels: 6, title: undefined, language: "fra" })).toBe("2: PCM, 5.1, fra");
});

test("each track is said to be new or kept, and what beside the segment is encoded anew", () => {
  const beside = ["the pictures up to the next keyframe", "up to two sound packets on either side"];
  const p = plan({ audio_tracks: [first, second], other_track_kinds: ["further sound track", "timecode track (eng)"], modes: { replace_audio_and_video: { exact: true, beside, reasons: [] } } });
  expect(said(p, "replace_audio_and_video")).toEqual([
    "Pictures: made new in the segment",
    "Sound 1: AAC, mono, eng: made new in the segment",
    "Sound 2: PCM, stereo, Boom: stays byte for byte",
    "Beside the segment: encoded anew: the pictures up to the next keyframe, and up to two sound packets on either side",
    "Timecode track (eng): stays byte for byte",
  ]);
});

test("only the chosen track is new, and in an edit of the pictures none", () => {
  const p = plan({ audio_tracks: [{ ...first, edited: false }, { ...second, edited: true }] });
  expect(said(p, "replace_audio")).toEqual(["Pictures: stays byte for byte", "Sound 1: AAC, mono, eng: stays byte for byte", "Sound 2: PCM, stereo, Boom: made new in the segment"]);
  expect(said(p, "replace_video").filter((f) => f.includes("made new"))).toEqual(["Pictures: made new in the segment"]);
  expect(said(plan({ audio_tracks: [first] }), "replace_video")).toContain("Sound: stays byte for byte");
  expect(said(plan({}), "replace_audio")).toContain("Sound: a new track, silent outside the segment");
});

test("what is not exact, or not known, has no account track by track", () => {
  expect(fates(plan({ audio_tracks: [first] }, { exact: false, reasons: ["The clip would be moved to an MP4 file."] }), "replace_audio")).toEqual([]);
  expect(fates(plan({}, { clip: null }), "replace_audio")).toEqual([]);
});
