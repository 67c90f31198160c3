import { problemAt } from "../state/plan";
import { clip } from "../state/clip";
import { mode, names, property, setRole } from "../state/request";

const modes = [
  { id: "replace_video", label: "Picture", says: "New pictures; every packet of the sound stays." },
  { id: "replace_audio", label: "Sound", says: "New sound; every picture stays." },
  { id: "replace_audio_and_video", label: "Both", says: "New pictures and new sound." },
];

/** refusedMode says why the clip can't be edited in the mode of the moment, null when it can. */
export function refusedMode(): string | null {
  const modes = clip.value?.modes;
  return (modes && Object.hasOwn(modes, mode.value) && modes[mode.value]!.refused) || null;
}

/** ModeButtons choose which tracks of the segment are made anew. */
export function ModeButtons() {
  const able = property("mode")?.enum ?? modes.map((m) => m.id);
  const chosen = modes.find((m) => m.id === mode.value);
  const problem = problemAt(names.value.mode) ?? refusedMode();
  return (
    <fieldset class="mode" aria-describedby="mode-says">
      <legend>What is made new</legend>
      <div class="segmented">
        {modes.filter((m) => able.includes(m.id)).map((m) => (
          <button key={m.id} type="button" aria-pressed={mode.value === m.id} onClick={() => setRole("mode", m.id)} data-testid={`mode-${m.id}`}>
            <Tracks picture={m.id !== "replace_audio"} sound={m.id !== "replace_video"} />{m.label}
          </button>
        ))}
      </div>
      <div id="mode-says">
        <div role="status">{problem && <p class="problem">{problem}</p>}</div>
        {!problem && <p class="hint">{chosen?.says}</p>}
      </div>
    </fieldset>
  );
}

/** Tracks draws the two tracks, the new part of each filled. */
function Tracks({ picture, sound }: { picture: boolean; sound: boolean }) {
  return (
    <svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true" class="tracks">
      <rect x="0.5" y="1.5" width="23" height="5" /><rect x="0.5" y="9.5" width="23" height="5" />
      {picture && <rect class="on" x="8" y="1.5" width="8" height="5" />}
      {sound && <rect class="on" x="8" y="9.5" width="8" height="5" />}
    </svg>
  );
}
