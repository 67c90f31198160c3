// The dialog in which a clip is chosen: opened from the source bar, or by any field that takes a file.
import { signal } from "@preact/signals";

export interface Chooser {
  kind: string; // video, image, audio
  pick: (address: string) => void;
}

export const chooser = signal<Chooser | null>(null);

/** openChooser asks for a file and calls pick with its address. */
export function openChooser(pick: (address: string) => void, kind = "video"): void {
  chooser.value = { kind, pick };
}
