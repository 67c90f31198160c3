import { expect, test } from "vitest";
import { completed, matches } from "./words";

const terms = [
  { label: "snow", example: "snow", kind: "picture" as const, phrases: ["snow", "snows", "snowy", "snow storm"] },
  { label: "black and white", example: "black and white", kind: "picture" as const, phrases: ["black and white"] },
  { label: "whiteout", example: "whiteout", kind: "picture" as const, phrases: ["whiteout"] },
  { label: "night", example: "night", kind: "picture" as const, phrases: ["night", "at night"] },
];

test("known phrases are offered for what is being typed, also behind other words", () => {
  expect(matches("sno", terms)).toEqual(["snow", "snow storm"]);
  expect(matches("night, heavy sno", terms)).toEqual(["snow", "snow storm"]);
  expect(matches("at ni", terms)).toEqual(["at night"]);
  expect(matches("s", terms)).toEqual([]);
  expect(matches("purple", terms)).toEqual([]);
});

test("a word that is complete is offered with another one only", () => {
  expect(matches("heavy snow", terms)).toEqual(["snow storm"]);
  expect(matches("night", terms)).toEqual([]);
  expect(matches("black and white", terms)).toEqual([]);
});

test("a phrase takes the place of what was typed of it", () => {
  expect(completed("night, Heavy sno", "snow")).toBe("night, Heavy snow");
  expect(completed("rain and at ni", "at night")).toBe("rain and at night");
});
