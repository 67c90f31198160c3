// What is said of an engine beside its name.
import type { Engine } from "../lib/api";
import { money } from "../lib/format";

/** costs says what an engine takes. */
export function costs(e: Engine): string {
  if (e.pricing === "free") return "free";
  if (!e.price) return "costs money, how much isn't known here";
  return `${money(e.price.amount, e.price.currency)} for each ${e.price.unit === "job" ? "take" : "second that it is sent"}`;
}

/** whereTo says whether what an engine is shown leaves the server. */
export function whereTo(e: Engine): string {
  if (e.stays) return "footage stays on this server";
  return e.sends_to ? `sends the segment and the prompt to ${e.sends_to}` : "its program doesn't say where it sends footage";
}
