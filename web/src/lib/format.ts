const units = ["bytes", "KB", "MB", "GB", "TB"];

/** bytes writes a size for people: "3.2 MB". */
export function bytes(n: number): string {
  let u = 0;
  while (n >= 1000 && u < units.length - 1) {
    n /= 1000;
    u++;
  }
  return `${u === 0 || n >= 100 ? Math.round(n) : Math.round(n * 10) / 10} ${units[u]}`;
}

/** plural writes a count with its noun: "1 frame", "2,400 frames". */
export function plural(n: number, noun: string, nouns = noun + "s"): string {
  return `${n.toLocaleString("en")} ${n === 1 ? noun : nouns}`;
}

/** money writes a sum, a decimal, as people know it: "$0.80". Small parts of a sum are kept. */
export function money(amount: string, currency: string): string {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency, maximumFractionDigits: 6 }).format(Number(amount));
  } catch {
    return `${amount} ${currency}`.trim(); // a currency of somebody's own, such as credits
  }
}

/** ago says how long ago a unix time (seconds) is. */
export function ago(unix: number, now = Date.now() / 1000): string {
  const s = Math.max(0, now - unix);
  if (s < 60) return "just now";
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
  return new Date(unix * 1000).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

/** moment writes a unix time (seconds) so that two of one prompt are told apart. */
export function moment(unix: number): string {
  return new Date(unix * 1000).toLocaleString(undefined, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit", second: "2-digit" });
}

/** clockTime is the time of day of a unix time (seconds). */
export function clockTime(unix: number): string {
  return new Date(unix * 1000).toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });
}

/** fileName returns the last part of an address, readable. */
export function fileName(address: string): string {
  const path = address.split(/[?#]/)[0]!;
  const last = path.slice(path.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last) || address;
  } catch {
    return last;
  }
}

/** codecName writes a codec as people know it. */
export function codecName(codec: string): string {
  const names: Record<string, string> = { h264: "H.264", avc1: "H.264", avc3: "H.264", hvc1: "HEVC", hev1: "HEVC", mp4a: "AAC", hevc: "HEVC", av1: "AV1", vp9: "VP9", vp8: "VP8", prores: "ProRes", mjpeg: "MJPEG", aac: "AAC", mp3: "MP3", opus: "Opus", flac: "FLAC", vorbis: "Vorbis", ac3: "AC-3" };
  return names[codec] ?? (codec.startsWith("pcm_") ? "PCM" : codec);
}

/** phaseWords says what a running take is at. */
export function phaseWords(phase: string | null): string {
  const words: Record<string, string> = {
    fetching: "getting the clip", probing: "looking at the clip", engine: "making the new part", splicing: "putting it in place",
    verifying: "checking the rest", publishing: "saving",
  };
  return (phase && words[phase]) || "starting";
}

/** modeWords says what a mode changes. */
export function modeWords(mode: string): string {
  return ({ replace_video: "picture", replace_audio: "sound", replace_audio_and_video: "picture and sound" } as Record<string, string>)[mode] ?? mode;
}

/** asText writes a value of any kind into a field. The JSON view takes objects where a text belongs. */
export function asText(v: unknown): string {
  return typeof v === "object" && v !== null ? JSON.stringify(v) : String(v ?? "");
}
