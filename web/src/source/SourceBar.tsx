import { batch, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { bytes, codecName, fileName } from "../lib/format";
import { inWords } from "../lib/timecode";
import { clip, source, takeOf } from "../state/clip";
import { mode, set, setRole } from "../state/request";
import { openChooser } from "./chooser";
import { cancel, refusal, resend, send, upload } from "./upload";
import { notice } from "../state/notice";

/** takeClip makes a file of the server the clip that is edited. A sound track was chosen of the clip before. */
export function takeClip(address: string): void {
  batch(() => {
    setRole("input_video", address);
    set({ audio_track: undefined });
  });
}

/** SourceBar says which clip is edited and what an edit keeps of it, and is where another is chosen. */
export function SourceBar() {
  const s = source.value;
  return (
    <div class="source">
      <button onClick={() => openChooser(takeClip)} data-testid="choose">Choose a clip</button>
      <div class="what">
        <strong title={s.state === "none" ? undefined : s.address}>{s.state === "none" ? "No clip" : takeOf.value !== null ? `Take: ${takeOf.value}` : fileName(s.address)}</strong>
        <Facts />
      </div>
      <Progress />
      <DropTarget />
    </div>
  );
}

function Facts() {
  const s = source.value;
  if (s.state === "loading") return <span class="hint">looking at it …</span>;
  if (s.state === "problem") return <span class="badge bad">can't be shown</span>; // the stage says why
  if (s.state === "away") return <span class="hint">an address elsewhere; fetch it to see it here</span>;
  const c = clip.value;
  if (!c) return null;
  const v = c.video;
  const facts = [
    v && `${v.width}×${v.height}`, `${Math.round(c.frames_per_second * 1000) / 1000} frames/s`, inWords(c.duration), bytes(c.size),
    v && codecName(v.codec), c.audio ? codecName(c.audio.codec) : "no sound", c.container,
  ].filter(Boolean);
  return <><span class="hint">{facts.join(" · ")}</span><Keeps /></>;
}

/** Keeps tells in a word what stays exact in the mode of the moment. */
function Keeps() {
  const modes = clip.value?.modes;
  const fate = modes && Object.hasOwn(modes, mode.value) ? modes[mode.value] : null;
  if (!fate) return null;
  if (fate.refused) return <span class="badge bad" title={fate.refused}>can't be edited this way</span>;
  if (fate.exact) return <span class="badge exact" title="What lies outside the segment keeps its packets, but for the few beside it that can't be decoded without it.">stays exact outside the segment</span>;
  return <span class="badge recoded" title={fate.reasons.join(" ")}>re-encoded in part</span>;
}

function Progress() {
  const u = upload.value;
  if (!u || u.state === "done") return null;
  const part = u.sent / Math.max(1, u.file.size);
  return (
    <div class="upload" role="group" aria-label="Clip on its way" data-testid="upload">
      <span>{u.file.name}</span>
      {u.state === "sending" ? (
        <>
          <progress max={1} value={part} aria-label={`Sending ${u.file.name}`} />
          <span class="hint">{part < 1 ? `${Math.floor(part * 100)}% of ${bytes(u.file.size)}` : "sent; the server is storing it …"}</span>
          <button class="plain" aria-label={`Stop sending ${u.file.name}`} onClick={cancel}>Stop</button>
        </>
      ) : (
        <>
          <span class="problem" role="alert">{u.problem}</span>
          <button onClick={resend} data-testid="resend">Send again</button>
          <button class="plain" onClick={() => (upload.value = null)}>Leave it</button>
        </>
      )}
    </div>
  );
}

/** DropTarget takes files that are dropped anywhere on the page. */
function DropTarget() {
  const over = useSignal(false);
  useEffect(() => {
    const files = (e: DragEvent) => e.dataTransfer?.types.includes("Files");
    const drag = (e: DragEvent) => {
      if (!files(e)) return;
      e.preventDefault();
      over.value = true;
    };
    const leave = (e: DragEvent) => {
      if (!e.relatedTarget) over.value = false;
    };
    const drop = (e: DragEvent) => {
      if (!files(e)) return;
      e.preventDefault();
      over.value = false;
      const file = e.dataTransfer!.files[0];
      const why = file ? refusal(file) : "That was no file.";
      if (why) notice(why);
      else void send(file!, takeClip);
    };
    const all = [["dragenter", drag], ["dragover", drag], ["dragleave", leave], ["drop", drop]] as const;
    for (const [name, f] of all) addEventListener(name, f);
    return () => all.forEach(([name, f]) => removeEventListener(name, f));
  }, []);
  return over.value ? <div class="drop" aria-hidden="true"><p>Drop the clip to edit it</p></div> : null;
}
