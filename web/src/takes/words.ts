// What is said of takes, wherever they are listed.
import { local, type Report, type Row, type TrackReport, withQuery } from "../lib/api";
import { plural } from "../lib/format";
import { modelOf } from "../state/row";

/** changedBeside counts the frames or packets outside the segment that are not the original's. */
function changedBeside(t: TrackReport | undefined): number {
  return t ? t.outside_total - t.outside_identical : 0;
}

/** verdict says in a line what the proof found. */
export function verdict(r: Report): string {
  if (!r.holds) return "The promise does not hold";
  if (!r.exact) return "Re-encoded in part";
  const [frames, packets] = [changedBeside(r.video), changedBeside(r.audio)];
  const beside = [frames && plural(frames, "frame"), packets && plural(packets, "sound packet")].filter(Boolean).join(" and ");
  return beside ? `Exact; ${beside} re-encoded beside it` : "Exact: nothing outside was touched";
}

/** verdictClass is the colour of the verdict. */
export function verdictClass(r: Report): string {
  return r.holds ? (r.exact ? "exact" : "recoded") : "bad";
}

/** whatFailed says why a take failed, and which field of the request it was about. */
export function whatFailed(row: Row): string {
  const p = row.error_field ? modelOf(row)?.json_request_schema.properties[row.error_field] : null;
  return `${p?.title ? `${p.title}: ` : ""}${row.error_message ?? "It failed."}`;
}

/** downloadName is what the browser calls the file. */
export function downloadName(row: Row): string {
  const words = row.prompt.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 40);
  const path = row.result_url!.split("?")[0]!;
  return `${words || "take"}${path.slice(path.lastIndexOf("."))}`;
}

/** poster is the address of a still of a result. */
export function poster(row: Row, width: number): string | null {
  if (!row.result_url) return null;
  const at = row.segment ? (row.segment.start + row.segment.end) / 2 : 1;
  return withQuery(local(row.result_url), { thumbnail: "true", timestamp: Math.round(at * 100) / 100, width });
}
