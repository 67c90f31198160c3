// The server's API as the page uses it. Requests carry the sign-in cookie by themselves.

import { boot } from "./boot";

export interface Property {
  type: string;
  title?: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  multipleOf?: number;
  enum?: string[];
  format?: string;
  renderType?: string;
  "x-unit"?: string;
  "x-role"?: Role;
}

/** Role says which part of a retake a parameter is, whatever the model calls it. */
export type Role = "prompt" | "input_video" | "start_time" | "duration" | "mode";

export interface Schema {
  required?: string[];
  properties: Record<string, Property>;
  "x-order"?: string[];
  basic?: string[];
}

export interface Model {
  id: string;
  display_name: string;
  summary: string;
  description: string;
  engines: string[];
  json_request_schema: Schema;
}

export interface Engine {
  name: string;
  title: string;
  generative: boolean;
  modes: string[];
  ready: boolean;
  reason: string | null;
  stands_in: boolean; // for a preferred one that is not ready
  models: string[];
  pricing: "priced" | "free" | "unknown";
  price: { unit: "second" | "job"; amount: string; currency: string } | null; // amount: decimal, for a second of what is sent or for a job
  stays: boolean; // what it is shown stays on the server's machine
  sends_to: string | null; // whom it is sent to otherwise, null when that is not known
}

export interface Term {
  label: string;
  example: string;
  kind: "picture" | "sound" | "both";
  phrases: string[];
}

export interface TermGroup {
  title: string;
  terms: Term[];
}

export interface Span {
  kind: "head" | "lead-in" | "edit" | "bridge" | "tail";
  first: number; // index of a frame, or of a packet of sound
  count: number; // frames, or packets of sound
  start: number; // seconds
  end: number; // seconds
  kept: boolean; // every packet is the original's
  psnr?: number; // dB, mean of the frames' luma
  psnr_min?: number; // dB, of the worst frame
  ssim?: number; // 0 to 1, mean of the frames' luma
}

/** SoundTrack is one of a clip's sound tracks; number, from 1 on, is what a request calls audio_track. */
export interface SoundTrack {
  number: number;
  codec: string;
  sample_rate: number; // Hz
  channels: number;
  language?: string;
  title?: string;
  edited: boolean; // the one that an edit of the sound changes
}

export interface Fate {
  exact: boolean;
  beside?: string[]; // what outside the segment is encoded anew all the same
  reasons: string[]; // what can't be kept, a sentence each
  refused?: string; // why there can be no such edit
}

export interface Clip {
  container: string; // as people call it: "MP4"
  duration: number; // seconds
  size: number; // bytes
  /** rotation: degrees clockwise */
  video: { codec: string; profile: string; width: number; height: number; rotation: number; frames: number; pixel_format: string } | null;
  audio: { codec: string; profile: string; sample_rate: number; channels: number } | null; // null: a silent clip
  audio_tracks?: SoundTrack[];
  other_track_kinds?: string[]; // in words
  frames_per_second: number; // on average
  keyframe_times: number[]; // seconds
  keyframes?: { count: number; apart: number }; // apart: the longest distance of two, seconds
  exact: boolean; // in every mode
  modes: Record<string, Fate>;
}

export interface Problem {
  field: string;
  message: string;
}

export interface Plan {
  clip: Clip | null;
  segment: { start: number; end: number; first_frame: number; frames: number } | null; // start, end: seconds
  spans: { video: Span[]; audio: Span[] };
  exact: boolean;
  reasons: string[];
  engine: string;
  reading: string | null;
  reading_plan?: unknown; // the same with every detail, as the engine writes it
  warnings: string[];
  problems: Problem[];
  estimate?: Estimate;
}

/** Estimate is what the takes of a request will cost. Sums are decimals; those of several currencies are never added. */
export interface Estimate {
  engines: { engine: string; takes: number; cost: string | null; currency: string | null; state: "priced" | "free" | "unknown" }[];
  totals: { cost: string; currency: string }[];
  complete: boolean; // nothing is missing in the totals
}

export interface TrackReport {
  codec: string;
  total: number; // packets, which of pictures are frames
  identical: number; // packets
  timing_identical: boolean;
  metadata_kept: boolean;
  spans: Span[] | null; // null of a track that was re-encoded as a whole, in old reports
  outside_identical: number; // packets
  outside_total: number; // packets
}

/** Measure is of a seam: a step of mean luma in 8-bit code values, or a click of sound whose full scale is 1. */
export interface Measure {
  value: number; // across the seam
  natural: number; // the largest beside it
}

export interface Report {
  holds: boolean;
  exact: boolean;
  summary: string;
  reasons?: string[];
  violations?: string[];
  mode: string;
  segment: { start: number; end: number }; // seconds
  video?: TrackReport;
  audio?: TrackReport;
  other_tracks?: { kind: string; identical: boolean }[];
  seams?: { luma_in?: Measure; luma_out?: Measure; chroma_in?: Measure; chroma_out?: Measure; click_in?: Measure; click_out?: Measure; sound_error_in_dbfs?: number; sound_error_out_dbfs?: number };
  timings?: Record<string, number>; // seconds by step
  engine?: string;
  seed?: number;
  reading?: string;
  reading_plan?: unknown; // of the engine
}

export type Status = "queued" | "processing" | "succeeded" | "failed" | "cancelled";

/** Row is a generation. The request's parameters stand at the same level. */
export interface Row {
  generation_id: string;
  model_name: string;
  prompt: string;
  status: Status;
  result_url: string | null;
  result_size?: number | null; // bytes
  error_message: string | null;
  error_field?: string | null;
  enqueued_at: number; // unix seconds
  started_at: number | null; // unix seconds
  completed_at: number | null; // unix seconds
  progress: number; // 0 to 1
  phase: string | null;
  eta_seconds: number | null;
  queue_position: number | null; // takes ahead of it
  waiting?: { reason: string; until: number; times: number } | null; // a queued take's engine did not take it so many times; until: unix seconds, 0 when nobody knows
  segment: { start: number; end: number } | null; // seconds
  report: Report | null;
  engine: string | null;
  request_id?: string | null; // that of the takes of one request
  cost?: string | null; // decimal, null while nothing was charged
  currency?: string | null;
  warnings: string[];
  [parameter: string]: unknown;
}

export interface RowPage {
  generations: Row[];
  page_number: number;
  total_pages: number;
  total_entries: number;
}

export interface StoredFile {
  namespace: string;
  repo: string;
  path: string;
  url: string;
  size: number; // bytes
  content_type: string;
  created_at: number; // unix seconds
  prompt?: string | null; // of the take that it is the result of
}

export interface Snippet {
  language: string; // curl, python, javascript, go or retake
  language_title: string;
  flow: string; // sync, async, events; any, where there is but one
  flow_title: string;
  parameters: "minimal" | "all";
  title: string;
  code: string;
}

export interface Waveform {
  points: number; // evenly spaced over the clip
  duration: number; // seconds
  peak: number[]; // largest sample of any channel, to fullScale
  rms: number[]; // of all channels, to fullScale
}

/** fullScale is what the loudest sound there can be has in a Waveform. */
export const fullScale = 255;

export interface Session {
  signed_in: boolean;
  current: string | null;
  keys: { id: string; namespace: string; namespaces: string[] }[];
}

/** Failure is an answer that says no, in the server's own sentence. status 0: the server could not be reached. */
export class Failure extends Error {
  status: number;
  field: string | null;
  constructor(message: string, status: number, field: string | null = null) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

export const unreachable = "The server can't be reached. Check the connection; the page goes on by itself when it is back.";

/** passing reports whether what failed may work later without a change: the connection, the sign-in, a busy server. */
export function passing(e: unknown): boolean {
  return e instanceof Failure && (e.status === 0 || e.status === 401 || e.status === 429 || e.status >= 500);
}

/** failureOf reads the error in an answer's body. */
export function failureOf(status: number, body: string): Failure {
  try {
    const e = JSON.parse(body).error;
    if (e && typeof e.detail === "string") return new Failure(e.detail, status, e.field || null);
  } catch { /* not JSON: below */ }
  return new Failure(`The server answered ${status} without saying why.`, status);
}

/** call sends a request and returns the answer's JSON. It throws a Failure, or what aborted the request. */
export async function call<T>(method: string, path: string, body?: unknown, options: { signal?: AbortSignal; headers?: Record<string, string> } = {}): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method, signal: options.signal,
      headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...options.headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await response.text();
  } catch (e) {
    if (options.signal?.aborted) throw e;
    throw new Failure(unreachable, 0);
  }
  if (!response.ok) throw failureOf(response.status, text);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Failure("The server's answer was cut off. Try once more.", 0);
  }
}

export const get = <T>(path: string, signal?: AbortSignal) => call<T>("GET", path, undefined, { signal });
export const post = <T>(path: string, body: unknown, options?: { signal?: AbortSignal; headers?: Record<string, string> }) => call<T>("POST", path, body, options);

/** withQuery adds parameters to an address that may have some. */
export function withQuery(address: string, query: Record<string, string | number>): string {
  const extra = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]));
  return address + (address.includes("?") ? "&" : "?") + extra;
}

/** local cuts this server's own origin off an address, so that the page asks the server it came from. */
export function local(address: string): string {
  try {
    const u = new URL(address, location.origin);
    // A result's link names the server as it knows itself.
    if (u.origin === location.origin || u.origin === new URL(boot.base).origin) return u.pathname + u.search;
  } catch { /* no address: as it is */ }
  return address;
}
