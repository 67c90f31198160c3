// What a row says, in the words of its own model.
import type { Role, Row } from "../lib/api";
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

/** settingsOf returns those of a row's parameters that are named, as they were sent. */
export function settingsOf(row: Row, named: string[]): Params {
  return Object.fromEntries(named.filter((k) => row[k] !== undefined && row[k] !== null).map((k) => [k, row[k]]));
}
