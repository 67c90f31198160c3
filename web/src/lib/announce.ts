// What is said to people who don't see it happen. Screen readers read each sentence once, when they have time.
import { signal } from "@preact/signals";

export const announced = signal<readonly { id: number; text: string }[]>([]);
const kept = 6000; // milliseconds
let count = 0;
let timer = 0;

/** announce says a sentence. */
export function announce(text: string): void {
  const id = ++count;
  announced.value = [...announced.peek(), { id, text }];
  setTimeout(() => (announced.value = announced.peek().filter((a) => a.id !== id)), kept);
}

/** announceLast says only the last of sentences that follow each other quickly, as while a key is held. */
export function announceLast(text: string): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => announce(text), 400);
}
