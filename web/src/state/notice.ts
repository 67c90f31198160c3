// A short sentence that comes and goes, read out by screen readers.
import { signal } from "@preact/signals";

export const said = signal<string | null>(null);
let timer = 0;

/** notice says a sentence for a few seconds. */
export function notice(text: string): void {
  said.value = text;
  clearTimeout(timer);
  timer = window.setTimeout(() => (said.value = null), 4000);
}
