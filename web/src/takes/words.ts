// What is said of takes, wherever they are listed.
import { local, type Report, type Row, type Span, type TrackReport, withQuery } from "../lib/api";
import { clockTime, fileName, money, plural } from "../lib/format";
import { engines } from "../state/engines";
import { modelOf, roleOf } from "../state/row";

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
  return beside ? `Exact but for ${beside} next to it` : "Exact: nothing outside was touched";
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

/** whyWaiting says why a queued take's engine did not take it, and when it is tried again; null for one that simply waits its turn. */
export function whyWaiting(row: Row, now = Date.now() / 1000): string | null {
  if (row.status !== "queued" || !row.waiting) return null;
  const { reason, until, times } = row.waiting;
  const so = times > 1 ? ` It was tried ${times} times.` : "";
  return `Waits for its engine: ${reason}${so} ${until > now ? `It is tried again at ${clockTime(until)}.` : "It is tried again as soon as it can be."}`;
}

/** costOf says what a take cost, or that it isn't known; null for a free one, and as long as nothing was charged. */
export function costOf(row: Row): string | null {
  if (row.cost) return money(row.cost, row.currency ?? "");
  return row.status === "succeeded" && engines.value.find((e) => e.name === row.engine)?.pricing === "unknown" ? "cost not known" : null;
}

/** bridgeEnd says up to where pictures behind the segment are re-encoded. */
export function bridgeEnd(spans: Span[]): string {
  return spans.some((s) => s.kind === "tail" && s.count > 0) ? "up to the next keyframe" : "up to the clip's end";
}

/** downloadName is what the browser calls the file: after the clip, the take's number where it has one, and the prompt. */
export function downloadName(row: Row, number: number | null): string {
  const path = row.result_url!.split("?")[0]!;
  const clip = fileName(String(roleOf(row, "input_video") ?? "")).replace(/\.[^.]*$/, "");
  const name = [slug(clip, 24), number === null ? "" : `take${number}`, slug(row.prompt, 40)].filter(Boolean).join("-");
  return `${name || "take"}${path.slice(path.lastIndexOf("."))}`;
}

function slug(text: string, longest: number): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-/, "").slice(0, longest).replace(/-$/, "");
}

/** poster is the address of a still of a result. */
export function poster(row: Row, width: number): string | null {
  if (!row.result_url) return null;
  const at = row.segment ? (row.segment.start + row.segment.end) / 2 : 1;
  return withQuery(local(row.result_url), { thumbnail: "true", timestamp: Math.round(at * 100) / 100, width });
}
