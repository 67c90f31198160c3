import { expect, test } from "vitest";
import { drag, fit, setEnd, setStart, type Limits } from "./range";

const clip: Limits = { min: 2, max: 16, clip: 20, fps: 30 };

test("an end stops where the segment would be too short, too long or past the clip, and says why", () => {
  const from = { start: 4, end: 8 };
  expect(drag("start", 3.51, from, clip)).toEqual({ start: 3.5, end: 8, reason: null });
  expect(drag("start", 7, from, clip)).toEqual({ start: 6, end: 8, reason: "A segment is at least 2 s long." });
  expect(drag("start", -1, from, clip)).toEqual({ start: 0, end: 8, reason: "The clip starts here." });
  expect(drag("start", 1, { start: 4, end: 18 }, clip)).toEqual({ start: 2, end: 18, reason: "A segment is at most 16 s long." });
  expect(drag("end", 5, from, clip)).toEqual({ start: 4, end: 6, reason: "A segment is at least 2 s long." });
  expect(drag("end", 25, from, clip)).toEqual({ start: 4, end: 20, reason: "The clip ends here." });
  expect(drag("end", 19, { start: 1, end: 8 }, clip)).toEqual({ start: 1, end: 17, reason: "A segment is at most 16 s long." });
});

test("the whole keeps its length", () => {
  expect(drag("whole", 18, { start: 4, end: 8 }, clip)).toEqual({ start: 16, end: 20, reason: "The clip ends here." });
  expect(drag("whole", -3, { start: 4, end: 8 }, clip)).toEqual({ start: 0, end: 4, reason: "The clip starts here." });
  expect(drag("whole", 5.01, { start: 4, end: 8 }, clip)).toEqual({ start: 5, end: 9, reason: null });
});

test("I and O move the other end only where they must", () => {
  expect(setStart(5, { start: 4, end: 8 }, clip)).toEqual({ start: 5, end: 8, reason: null });
  expect(setStart(7.5, { start: 4, end: 8 }, clip)).toEqual({ start: 7.5, end: 9.5, reason: null });
  expect(setStart(1, { start: 4, end: 19 }, clip)).toEqual({ start: 1, end: 17, reason: null });
  expect(setStart(19, { start: 4, end: 8 }, clip)).toEqual({ start: 18, end: 20, reason: "A segment is at least 2 s long, and the clip ends at 20 s." });
  expect(setEnd(3, { start: 4, end: 8 }, clip)).toEqual({ start: 1, end: 3, reason: null });
  expect(setEnd(1, { start: 4, end: 8 }, clip)).toEqual({ start: 0, end: 2, reason: "A segment is at least 2 s long." });
});

test("whatever is dragged wherever, the segment keeps to its limits", () => {
  for (const fps of [23.976, 25, 29.97, 59.94]) {
    const l = { min: 2, max: 16, clip: 19.853, fps };
    let r = { start: 4, end: 8 };
    for (let i = 0; i < 3000; i++) {
      const at = ((i * 7919) % 2600) / 100 - 3;
      const grip = (["start", "end", "whole"] as const)[i % 3]!;
      r = i % 7 === 0 ? setStart(at, r, l) : i % 11 === 0 ? setEnd(at, r, l) : drag(grip, at, r, l);
      expect(r.start).toBeGreaterThanOrEqual(0);
      expect(r.end - r.start).toBeGreaterThanOrEqual(2 - 1e-6);
      expect(r.end - r.start).toBeLessThanOrEqual(16 + 1e-6);
      expect(r.end).toBeLessThanOrEqual(l.clip + 0.5 / fps);
      expect(Math.abs(r.start * fps - Math.round(r.start * fps))).toBeLessThan(1e-3);
    }
  }
});

test("a clip that is too short says so", () => {
  expect(drag("end", 1, { start: 0, end: 1 }, { ...clip, clip: 1.5 }).reason).toBe("The clip is 1.5 s long; a segment needs 2 s.");
});

test("fit mends what a link or a JSON view asks for", () => {
  expect(fit({ start: 30, end: 36 }, clip)).toMatchObject({ start: 18, end: 20 });
  expect(fit({ start: 4, end: 5 }, clip)).toMatchObject({ start: 4, end: 6 });
  expect(fit({ start: 0, end: 20 }, clip)).toMatchObject({ start: 0, end: 16 });
});
