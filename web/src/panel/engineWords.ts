// What is said of engines and of what they will cost.
import type { Engine, Estimate } from "../lib/api";
import { money, plural } from "../lib/format";

/** costs says what an engine takes. */
export function costs(e: Engine): string {
  if (e.pricing === "free") return "free";
  if (!e.price) return "its price isn't known here";
  return `${money(e.price.amount, e.price.currency)} for each ${e.price.unit === "job" ? "take" : "second that it is sent"}`;
}

/** whereTo says whether what an engine is shown leaves the server. */
export function whereTo(e: Engine): string {
  if (e.stays) return "footage stays on this server";
  return e.sends_to ? `sends the segment and the prompt to ${e.sends_to}` : "its program doesn't say where it sends footage";
}

/** total says what all takes will cost, each currency by itself; null when nothing. */
export function total(e: Estimate | null | undefined): string | null {
  if (!e) return null;
  const sums = e.totals.map((t) => money(t.cost, t.currency));
  if (!e.complete) sums.push(sums.length > 0 ? "what isn't known" : "cost not known");
  return sums.join(" + ") || null;
}

/** byEngine says what the takes of each engine will cost, a sentence each; none when all are free. */
export function byEngine(e: Estimate | null | undefined, title: (engine: string) => string): string[] {
  if (!e || e.engines.every((part) => part.state === "free")) return [];
  return e.engines.map((part) => {
    const what = part.state === "free" ? "free" : part.cost === null ? "the cost isn't known here" : `about ${money(part.cost, part.currency ?? "")}`;
    return `${plural(part.takes, "take")} with ${title(part.engine)}: ${what}.`;
  });
}
