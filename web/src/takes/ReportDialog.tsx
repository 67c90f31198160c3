import type { ComponentChildren } from "preact";
import { Dialog } from "../lib/Dialog";
import type { Measure, Report, Row, Span, TrackReport } from "../lib/api";
import { codecName, plural } from "../lib/format";
import { inWords, round6 } from "../lib/timecode";
import { bridgeEnd, costOf } from "./words";
import { PlanJson } from "../panel/PlanJson";
import { engineTitle } from "../state/engines";
import { spanClass } from "../timeline/SpanBars";

/** ReportDialog tells in plain words what a take kept, with every figure that was measured. */
export function ReportDialog({ row, number, close }: { row: Row; number: number | null; close: () => void }) {
  const r = row.report!;
  return (
    <Dialog title={number === null ? "What this take kept" : `What take ${number} kept`} close={close} wide>
      <p class="summary">{r.summary}</p>
      {[...(r.violations ?? []), ...(r.reasons ?? [])].map((t) => <p key={t}>{t}</p>)}
      {r.video && <Track name="Pictures" unit="frame" t={r.video} />}
      {r.audio && <Track name="Sound" unit="packet" t={r.audio} />}
      {(r.other_tracks ?? []).length > 0 && <p>Other tracks: {r.other_tracks!.map((o) => `${o.kind} ${o.identical ? "identical" : "changed"}`).join(", ")}.</p>}
      <Seams r={r} />
      <p class="hint">PSNR and SSIM say how near a re-encoded picture is to the original: above 40 dB the eye finds no difference, and an SSIM of 1 is identical. A packet is the smallest piece of a file that can be copied as it is; of sound it holds about 0.02 s. dBFS counts down from the loudest sound a file can hold.</p>
      <Making r={r} row={row} />
      <p class="hint">Anybody can repeat the proof with both files: <code data-testid="proof">{proof(r, row)}</code></p>
    </Dialog>
  );
}

/** proof is the command that this take passes. */
function proof(r: Report, row: Row): string {
  const duration = round6(r.segment.end - r.segment.start);
  return `retake verify ORIGINAL TAKE --start ${r.segment.start} --duration ${duration} --mode ${r.mode}${typeof row.audio_track === "number" ? ` --audio-track ${row.audio_track}` : ""}${r.exact ? "" : " --allow-reencode"}`;
}

function Track({ name, unit, t }: { name: string; unit: string; t: TrackReport }) {
  const spans = (t.spans ?? []).filter((s) => s.count > 0);
  return (
    <>
      <h3>{name} ({codecName(t.codec)})</h3>
      {spans.length > 0 && (
        <div class="wide" tabIndex={0} role="region" aria-label={`${name}, span by span`}>
          <table>
            <thead><tr><th scope="col">Part</th><th scope="col">{unit === "frame" ? "Frames" : "Packets"}</th><th scope="col">Time</th><th scope="col">What became of it</th></tr></thead>
            <tbody>{spans.map((s) => <SpanRow key={s.kind + s.first} s={s} name={s.kind === "bridge" ? bridgeEnd(spans) : parts[s.kind]} />)}</tbody>
          </table>
        </div>
      )}
      <p class="hint">
        {plural(t.identical, unit)} of {t.total.toLocaleString("en")} identical; {t.timing_identical ? "every time stamp is the original's" : "time stamps differ"}; {t.metadata_kept ? "the track's data is kept" : "the track's data changed"}.
      </p>
    </>
  );
}

const parts = { head: "before", "lead-in": "just before", edit: "segment", tail: "after" };

function SpanRow({ s, name }: { s: Span; name: string }) {
  const c = spanClass(s);
  return (
    <tr>
      <th scope="row"><span class={`swatch ${c}`} /> {name}</th>
      <td>{s.count.toLocaleString("en")}</td>
      <td>{sec(s.start)} to {sec(s.end)}</td>
      <td>{c === "edit" ? "made new" : s.kept ? "identical, packet by packet" : `re-encoded${s.psnr ? ` at ${s.psnr.toFixed(1)} dB PSNR` : ""}${s.psnr_min ? ` (worst frame ${s.psnr_min.toFixed(1)})` : ""}${s.ssim ? `, SSIM ${s.ssim.toFixed(4)}` : ""}`}</td>
    </tr>
  );
}

const sec = (t: number) => `${t.toFixed(2)} s`;

function Seams({ r }: { r: Report }) {
  const s = r.seams;
  if (!s) return null;
  const rows: [string, ComponentChildren][] = [];
  const step = (name: string, m: Measure | undefined, unit: string, digits: number) => {
    if (m) rows.push([name, `${m.value.toFixed(digits)} ${unit} (the clip's own: up to ${m.natural.toFixed(digits)})`]);
  };
  step("Step of brightness at the start", s.luma_in, "of 255", 2);
  step("Step of brightness at the end", s.luma_out, "of 255", 2);
  step("Step of colour at the start", s.chroma_in, "of 255", 2);
  step("Step of colour at the end", s.chroma_out, "of 255", 2);
  step("Sharpest sound at the start", s.click_in, "of full scale", 4);
  step("Sharpest sound at the end", s.click_out, "of full scale", 4);
  if (s.sound_error_in_dbfs !== undefined) rows.push(["Sound beside the start", `off by ${s.sound_error_in_dbfs.toFixed(0)} dBFS`]);
  if (s.sound_error_out_dbfs !== undefined) rows.push(["Sound beside the end", `off by ${s.sound_error_out_dbfs.toFixed(0)} dBFS`]);
  if (rows.length === 0) return null;
  return (
    <>
      <h3>Seams</h3>
      <dl>{rows.map(([k, v]) => <><dt key={k}>{k}</dt><dd>{v}</dd></>)}</dl>
    </>
  );
}

function Making({ r, row }: { r: Report; row: Row }) {
  const total = Object.values(r.timings ?? {}).reduce((sum, s) => sum + s, 0);
  return (
    <>
      <h3>How it was made</h3>
      <dl>
        <dt>Asked for</dt><dd>{row.prompt}</dd>
        {r.reading && <><dt>Understood</dt><dd>{r.reading}<PlanJson of={r.reading_plan} /></dd></>}
        {row.warnings.length > 0 && <><dt>Warnings</dt><dd>{row.warnings.join(" ")}</dd></>}
        <dt>Engine</dt><dd>{engineTitle(r.engine ?? row.engine)}</dd>
        {r.seed !== undefined && <><dt>Seed</dt><dd>{r.seed}</dd></>}
        <dt>Cost</dt><dd>{costOf(row) ?? "nothing"}</dd>
        <dt>Time</dt><dd>{inWords(total)}</dd>
      </dl>
    </>
  );
}
