// What a row says, in the words of its own model.
import type { Role, Row } from "../lib/api";
import { round6 } from "../lib/timecode";
import { boot } from "../lib/boot";
import type { Params } from "./request";

/** modelOf returns the model that a row was made with, if this server still has it. */
export const modelOf = (row: Row) => boot.models.find((m) => m.id === row.model_name) ?? null;

/** isRunning tells whether a row still waits or runs: it will change, and can be cancelled but not deleted. */
export const isRunning = (row: Row) => row.status === "queued" || row.status === "processing";

/** roleOf returns the part of a retake that a row was made with, or its model's default. */
export function roleOf(row: Row, role: Role): unknown {
  const found = Object.entries(modelOf(row)?.json_request_schema.properties ?? {}).find(([, p]) => p["x-role"] === role);
  return found ? row[found[0]] ?? found[1].default : row[role];
}

/** segmentOf returns the segment that a row was made of, or what it asks for as long as that is not settled; null when it names none. */
export function segmentOf(row: Row): { start: number; end: number } | null {
  if (row.segment) return row.segment;
  const [start, duration] = [roleOf(row, "start_time"), roleOf(row, "duration")];
  return typeof start === "number" && typeof duration === "number" ? { start, end: round6(start + duration) } : null;
}

/** settingsOf returns those of a row's parameters that are named, as they were sent. */
export function settingsOf(row: Row, named: string[]): Params {
  return Object.fromEntries(named.filter((k) => row[k] !== undefined && row[k] !== null).map((k) => [k, row[k]]));
}
