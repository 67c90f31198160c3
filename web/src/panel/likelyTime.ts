// How long takes may run.
import { makers } from "../state/engines";
import { mode, segment, takeCount } from "../state/request";
import { roleOf } from "../state/row";
import { rows } from "../state/takes";

/** likelyTime guesses from the last takes like them how long the takes of a request will run, seconds: as long as those of the slowest engine. null where an engine made none. */
export function likelyTime(): number | null {
  const each = makers.value.map((e) => timeWith(e.name));
  return each.length === 0 || each.includes(null) ? null : Math.max(1, ...(each as number[]));
}

function timeWith(engine: string): number | null {
  const like = rows.value.filter((r) => r.status === "succeeded" && r.started_at && r.completed_at && r.segment && r.engine === engine && roleOf(r, "mode") === mode.value).slice(0, 5);
  if (like.length === 0) return null;
  const perSecond = like.map((r) => (r.completed_at! - r.started_at!) / (r.segment!.end - r.segment!.start)).sort((x, y) => x - y);
  return perSecond[Math.floor(perSecond.length / 2)]! * (segment.value.end - segment.value.start) * takeCount.value;
}
