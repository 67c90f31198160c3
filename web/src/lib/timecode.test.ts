import { expect, test } from "vitest";
import { frameAt, inWords, parseTime, shortTime, snap, timecode } from "./timecode";

test("timecode counts frames within the second", () => {
  expect(timecode(0, 30)).toBe("0:00:00");
  expect(timecode(3.4, 30)).toBe("0:03:12");
  expect(timecode(61.5, 24)).toBe("1:01:12");
  expect(timecode(3600, 25)).toBe("1:00:00:00");
});

test("parseTime reads seconds, frames and timecode", () => {
  for (const [text, want] of [
    ["3.5", 3.5], ["3,5", 3.5], [" 4 s", 4], [".5", 0.5], ["96f", 3.2], ["96 frames", 3.2],
    ["12:04", 12 + 4 / 30], ["0:03:12", 3.4], ["1:00:00:00", 3600], ["0:03;12", 3.4],
  ] as const) expect(parseTime(text, 30), text).toBeCloseTo(want, 5);
  for (const bad of ["", "x", "-1", "1:75:00", "0:00:30", "1:2:3:4:5", "1e3", "3.5.1"]) expect(parseTime(bad, 30), bad).toBeNull();
});

test("what is written can be read again, at every frame", () => {
  for (const fps of [24, 25, 30, 60]) {
    for (let f = 0; f < 5 * fps; f++) {
      const t = f / fps;
      expect(parseTime(timecode(t, fps), fps)).toBeCloseTo(t, 5);
      expect(frameAt(snap(t, fps), fps)).toBe(f);
    }
  }
});

test("times for rulers and sentences", () => {
  expect(shortTime(75)).toBe("1:15");
  expect(shortTime(3661)).toBe("1:01:01");
  expect(inWords(4.16)).toBe("4.2 s");
  expect(inWords(42.4)).toBe("42 s");
  expect(inWords(200)).toBe("3 min 20 s");
});
