import { useComputed } from "@preact/signals";
import { timecode } from "../lib/timecode";
import { clip, duration, fps } from "../state/clip";
import { engineTitle } from "../state/engines";
import { isRunning } from "../state/row";
import { current, numbered } from "../state/takes";
import * as deck from "./deck";
import { a, aCaption, aName, against, b, bCaption, bName, canCompare, flipped, gain, view, views, voice, zoom } from "./view";
import { levels, zoomTo } from "./zoom";
import { markIn, markOut, toggleLoop, loopOf } from "./commands";

/** Transport holds what plays and how it is shown, below the stage. */
export function Transport() {
  const off = !clip.value;
  const still = off && !b.value; // a take can be watched without its original
  const looped = loopOf();
  return (
    <div class="transport">
      <div class="row" role="group" aria-label="Play">
        <button class="icon" aria-label={deck.playing.value ? "Pause" : "Play"} title="Play or pause (space)" disabled={still} onClick={deck.toggle} data-testid="play">
          {deck.playing.value ? <Icon d="M6 4h4v12H6zM12 4h4v12h-4z" /> : <Icon d="M6 3l11 7-11 7z" />}
        </button>
        <button class="icon plain" aria-label="One frame back" title="One frame back (←)" disabled={still} onClick={() => deck.step(-1)}><Icon d="M4 4h2v12H4zM16 4v12L7 10z" /></button>
        <button class="icon plain" aria-label="One frame on" title="One frame on (→)" disabled={still} onClick={() => deck.step(1)}><Icon d="M14 4h2v12h-2zM4 4l9 6-9 6z" /></button>
        <Clock />
        {Math.abs(deck.speed.value) !== 1 || deck.speed.value < 0 ? <span class="speed">{deck.speed.value}×</span> : null}
      </div>
      <div class="row" role="group" aria-label="Segment">
        <button disabled={off} aria-label="Set in: start the segment at the playhead" title="Start the segment at the playhead (I)" onClick={markIn}>Set in</button>
        <button disabled={off} aria-label="Set out: end the segment at the playhead" title="End the segment after the frame at the playhead (O)" onClick={markOut}>Set out</button>
        <button aria-label="Loop the segment" aria-pressed={looped === "segment"} disabled={off} title="Play the segment round and round (/)" onClick={() => toggleLoop(0)}>Loop</button>
        <button aria-label="Loop ±1 s: the segment with a second before and after" aria-pressed={looped === "around"} disabled={off} title="Loop with a second before and after (\)" onClick={() => toggleLoop(1)}>Loop ±1 s</button>
      </div>
      <div class="row end" role="group" aria-label="Sound and size">
        <Volume />
        <button class="plain" aria-label={`${Math.round(zoom.value * 10) / 10}×: zoom into the picture`} title="Zoom into the pixels (Ctrl+wheel)" disabled={!a.value}
          onClick={() => zoomTo(levels[(levels.indexOf(zoom.value) + 1) % levels.length] ?? 1)} data-testid="zoom">{Math.round(zoom.value * 10) / 10}×</button>
      </div>
    </div>
  );
}

/** Clock changes its text alone with each frame. */
function Clock() {
  const now = useComputed(() => timecode(deck.now.value, fps.value));
  return <div class="clock" role="timer" aria-label="Time" data-testid="clock">{now}{duration.value > 0 && <span>{` / ${timecode(duration.value, fps.value)}`}</span>}</div>;
}

function Icon({ d }: { d: string }) {
  return <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><path d={d} fill="currentColor" /></svg>;
}

function Volume() {
  return (
    <>
      <button class="icon plain" aria-label={deck.muted.value ? "Sound on" : "Sound off"} title="Sound on or off (M)" onClick={() => (deck.muted.value = !deck.muted.value)}>
        <Icon d={deck.muted.value ? "M3 7h3l5-4v14l-5-4H3zM13 8l4 4m0-4l-4 4" : "M3 7h3l5-4v14l-5-4H3zM13 7a4 4 0 0 1 0 6z"} />
      </button>
      <input class="volume" type="range" min={0} max={1} step={0.05} aria-label="Volume" value={deck.volume.value} onInput={(e) => (deck.volume.value = Number(e.currentTarget.value))} />
    </>
  );
}

/** outlook says what stands in the way of comparing. */
function outlook(): string {
  const take = current.value;
  if (!take) return "A take is held against the original here: make one, or choose one from the list.";
  if (!isRunning(take.row)) return "";
  const state = take.row.status === "processing" ? "is being made" : take.row.waiting ? "waits for its engine" : "waits for its turn";
  return `Take ${take.number} ${state}. When it is done it can be held against the original here.`;
}

/** CompareBar chooses how original and take are held against each other. Its place is kept, so that the stage never jumps. */
export function CompareBar() {
  if (!canCompare.value) return <p class="compare hint">{outlook()}</p>;
  const others = numbered.value.filter((t) => t.row.status === "succeeded");
  return (
    <div class="compare" role="group" aria-label="Compare">
      <div class="segmented" role="group" aria-label="View">
        {views.map((v) => (
          <button key={v.id} aria-pressed={(a.value ? view.value : "take") === v.id} title={v.title} disabled={!a.value && v.id !== "take"} onClick={() => (view.value = v.id)} data-testid={`view-${v.id}`}>{v.label}</button>
        ))}
      </div>
      <button aria-label={`${aName.value} in place of the take`} aria-pressed={flipped.value} title={`Show ${aName.value === "Original" ? "the original" : aName.value.toLowerCase()} while C is held, or until pressed again`} disabled={!a.value || !b.value} onClick={() => (flipped.value = !flipped.value)} data-testid="flip">{aName.value}</button>
      {others.length > 1 && (
        <label class="inline">against
          <select value={against.value} onChange={(e) => (against.value = e.currentTarget.value)} data-testid="against">
            <option value="original">the original</option>
            {others.map((t) => <option key={t.row.generation_id} value={t.row.generation_id}>{[`take ${t.number}`, engineTitle(t.row.engine)].filter(Boolean).join(", ")}</option>)}
          </select>
        </label>
      )}
      {a.value && b.value && <Voice />}
      {view.value === "difference" && (
        <label class="inline">brighter
          <input type="range" min={1} max={32} step={1} value={gain.value} onInput={(e) => (gain.value = Number(e.currentTarget.value))} /> {gain.value}×
        </label>
      )}
    </div>
  );
}

/** Voice says whose sound is heard, and changes to the other's. */
function Voice() {
  const first = deck.heard.value === "a";
  const [heard, other] = first ? [aCaption.value, bCaption.value] : [bCaption.value, aCaption.value];
  return (
    <button aria-label={`Sound of ${heard}: change to ${other}`} title={`You hear ${heard}. Press to hear ${other}.`} onClick={() => (voice.value = first ? "b" : "a")} data-testid="voice">
      <Icon d="M3 7h3l5-4v14l-5-4H3zM13 7a4 4 0 0 1 0 6z" />{first ? aName.value : bName.value}
    </button>
  );
}
