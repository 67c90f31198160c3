// Times as editors write them. A clip's own times are seconds; a frame is shown at frame / fps.

/** frameAt returns the number of the frame shown at a time (seconds). */
export function frameAt(seconds: number, fps: number): number {
  return Math.max(0, Math.floor(seconds * fps + 1e-4));
}

/** nearestFrame returns the frame whose start is nearest to a time (seconds). */
export function nearestFrame(seconds: number, fps: number): number {
  return Math.max(0, Math.round(seconds * fps));
}

/** snap moves a time to the nearest start of a frame. */
export function snap(seconds: number, fps: number): number {
  return round6(nearestFrame(seconds, fps) / fps);
}

/** round6 drops the digits that only arithmetic made. */
export function round6(n: number): number {
  return Math.round(n * 1e6) / 1e6;
}

const two = (n: number) => String(n).padStart(2, "0");

/** timecode writes a time as M:SS:FF, with hours in front from one hour on. FF counts frames within the second. */
export function timecode(seconds: number, fps: number): string {
  const perSecond = Math.max(1, Math.round(fps));
  const frames = nearestFrame(seconds, fps);
  const whole = Math.floor(frames / perSecond);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const rest = `${two(s)}:${two(frames % perSecond)}`;
  return h > 0 ? `${h}:${two(m)}:${rest}` : `${m}:${rest}`;
}

/** shortTime writes a time as M:SS for rulers and lists. */
export function shortTime(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/**
 * parseTime reads what a person types: seconds (3.5, 3,5, 3.5s), frames (96f) or timecode (12:04 is 12 s and 4 frames,
 * 0:03:12 has minutes, 1:00:00:00 hours, too). null for anything else.
 */
export function parseTime(text: string, fps: number): number | null {
  const t = text.trim().toLowerCase().replace(",", ".");
  const frames = /^(\d+)\s*f(rames?)?$/.exec(t);
  if (frames) return round6(Number(frames[1]) / fps);
  const seconds = /^(\d+(\.\d*)?|\.\d+)\s*(s|sec|seconds?)?$/.exec(t);
  if (seconds) return round6(Number(seconds[1]));
  if (!/^\d+([:;]\d{1,2}){1,3}$/.test(t)) return null;
  const parts = t.split(/[:;]/).map(Number);
  const ff = parts.pop()!;
  const perSecond = Math.max(1, Math.round(fps));
  if (ff >= perSecond || parts.slice(1).some((n) => n > 59)) return null;
  const whole = parts.reduce((sum, n) => sum * 60 + n, 0);
  return round6((whole * perSecond + ff) / fps);
}

/** inWords writes a length of time for a sentence: "4.2 s", "3 min 20 s". */
export function inWords(seconds: number): string {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds - minutes * 60);
  return rest ? `${minutes} min ${rest} s` : `${minutes} min`;
}
