import { clip } from "../state/clip";
import { plan, problemAt } from "../state/plan";
import { mode, params, set } from "../state/request";
import { trackName } from "./fates";

const makesSound = () => mode.value !== "replace_video";

/** offersTracks tells whether the form has a control for the sound track: where there are several, and sound is made new or a track was named. */
export function offersTracks(): boolean {
  return (clip.value?.audio_tracks?.length ?? 0) > 1 && (makesSound() || params.value.audio_track !== undefined);
}

/** SoundTrackChoice chooses which of several sound tracks is edited. */
export function SoundTrackChoice() {
  if (!offersTracks()) return null;
  const tracks = clip.value!.audio_tracks!;
  const usual = tracks.find((t) => t.edited)?.number ?? 1; // the clip is looked at without a choice
  const chosen = params.value.audio_track ?? usual;
  const problem = problemAt("audio_track");
  const kept = plan.value?.exact ?? true;
  const says = !makesSound() ? "It counts when the sound is made new." : kept ? "The other sound tracks stay as they are." : "“Track by track” says what becomes of the others.";
  return (
    <div class="field">
      <label for="sound-track">Sound track</label>
      <select id="sound-track" data-testid="sound-track" aria-invalid={problem ? "true" : undefined} aria-describedby="sound-track-says" value={String(chosen)}
        onChange={(e) => set({ audio_track: Number(e.currentTarget.value) === usual ? undefined : Number(e.currentTarget.value) })}>
        {!tracks.some((t) => t.number === chosen) && <option value={String(chosen)}>{String(chosen)}</option>}
        {tracks.map((t) => <option key={t.number} value={String(t.number)}>{trackName(t)}{t.number === usual ? " (what players take)" : ""}</option>)}
      </select>
      <div id="sound-track-says">
        <div role="status">{problem && <p class="problem">{problem}</p>}</div>
        {!problem && <p class="hint">{says}</p>}
      </div>
    </div>
  );
}
