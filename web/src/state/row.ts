// What a row says in the words of its own model.
import type { Role, Row } from "../lib/api";
import { boot } from "./boot";

/** modelOf returns the model that a row was made with, if this server still has it. */
export const modelOf = (row: Row) => boot.models.find((m) => m.id === row.model_name) ?? null;

/** roleOf returns a row's value of a role, or the model's default for it. */
export function roleOf(row: Row, role: Role): unknown {
  const found = Object.entries(modelOf(row)?.json_request_schema.properties ?? {}).find(([, p]) => p["x-role"] === role);
  return found ? row[found[0]] ?? found[1].default : row[role];
}
