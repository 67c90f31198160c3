import { expect, test } from "vitest";
import type { Engine, Estimate } from "../lib/api";
import { byEngine, costs, total, whereTo } from "./engineWords";

const free = { engine: "builtin", takes: 2, cost: null, currency: null, state: "free" as const };
const ltx = { engine: "ltx", takes: 2, cost: "0.80", currency: "USD", state: "priced" as const };
const own = { engine: "own", takes: 1, cost: "0.403737", currency: "EUR", state: "priced" as const };
const oxen = { engine: "oxen", takes: 1, cost: null, currency: null, state: "unknown" as const };
const usd = { cost: "0.80", currency: "USD" };
const eur = { cost: "0.403737", currency: "EUR" };

const says = (engines: Estimate["engines"], totals: Estimate["totals"], complete = true) => total({ engines, totals, complete });

test("what takes will cost: nothing, a sum, one for each currency, and what isn't known is said to be so", () => {
  expect(says([free], [])).toBe(null);
  expect(says([ltx, free], [usd])).toBe("$0.80");
  expect(says([ltx, own], [usd, eur])).toBe("$0.80 + €0.403737");
  expect(says([ltx, oxen], [usd], false)).toBe("$0.80 + what isn't known");
  expect(says([oxen], [], false)).toBe("cost not known");
  expect(total(undefined)).toBe(null);
});

test("each engine's part is told where one takes money", () => {
  const title = (name: string) => name.toUpperCase();
  expect(byEngine({ engines: [free], totals: [], complete: true }, title)).toEqual([]);
  expect(byEngine({ engines: [ltx, free, oxen], totals: [usd], complete: false }, title))
    .toEqual(["2 takes with LTX: about $0.80.", "2 takes with BUILTIN: free.", "1 take with OXEN: the cost isn't known here."]);
});

test("an engine says what it takes and where footage goes", () => {
  const engine = (e: Partial<Engine>) => ({ pricing: "free", price: null, stays: true, sends_to: null, ...e }) as Engine;
  expect(costs(engine({}))).toBe("free");
  expect(costs(engine({ pricing: "priced", price: { unit: "second", amount: "0.10", currency: "USD" } }))).toBe("$0.10 for each second that it is sent");
  expect(costs(engine({ pricing: "priced", price: { unit: "job", amount: "2", currency: "credits" } }))).toBe("2 credits for each take");
  expect(costs(engine({ pricing: "unknown" }))).toContain("isn't known");
  expect([whereTo(engine({})), whereTo(engine({ stays: false, sends_to: "x.example" })), whereTo(engine({ stays: false }))])
    .toEqual(["footage stays on this server", "sends the segment and the prompt to x.example", "its program doesn't say where it sends footage"]);
});
