import { expect, test } from "vitest";
import { money } from "./format";

test("money is written as it is, small parts and own currencies too", () => {
  expect(money("0.8", "USD")).toBe("$0.80");
  expect(money("0.403737", "EUR")).toBe("€0.403737");
  expect(money("12", "JPY")).toBe("¥12");
  expect(money("3", "credits")).toBe("3 credits");
  expect(money("3", "")).toBe("3");
});
