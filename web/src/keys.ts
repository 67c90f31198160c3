// The keyboard. Fields keep their own keys; everything else follows film editors.
import { signal } from "@preact/signals";
import { markIn, markOut, toggleLoop } from "./stage/commands";
import * as deck from "./stage/deck";
import { flipped } from "./stage/view";
import { fps } from "./state/clip";
import { chosen, make, numbered } from "./state/takes";

export const helpOpen = signal(false);

export const shortcuts: [string, string][] = [
  ["Space", "play or pause"], ["J K L", "back, stop, on; again for faster"], ["← →", "one frame"], ["Shift ← →", "one second"],
  ["I O", "start and end the segment here"], ["/", "loop the segment"], ["\\", "loop it with a second around it"],
  ["C held", "show the original"], ["1 to 9", "show that take"], ["0", "show the original alone"], ["M", "sound on or off"],
  ["Ctrl Enter", "make the take"], ["?", "these keys"],
];

const actions: Record<string, () => void> = {
  " ": deck.toggle, k: deck.pause, l: () => deck.shuttle(1), j: () => deck.shuttle(-1),
  i: markIn, o: markOut, "/": () => toggleLoop(0), "\\": () => toggleLoop(1),
  m: () => (deck.muted.value = !deck.muted.value), "?": () => (helpOpen.value = true), "0": () => (chosen.value = null),
};

function typing(e: KeyboardEvent): boolean {
  const t = e.target as HTMLElement;
  return t.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(t.tagName);
}

/** Keys that a focused control uses itself. */
function usedBy(t: HTMLElement, key: string): boolean {
  const control = t.closest("button, a, summary, [role=slider], [role=tab], video");
  if (!control) return false;
  return key === " " || key === "Enter" || (key.startsWith("Arrow") && control.matches("[role=slider], [role=tab]"));
}

function onKeyDown(e: KeyboardEvent): void {
  if ((e.ctrlKey || e.metaKey) && e.key === "Enter" && !document.querySelector("dialog[open]")) {
    e.preventDefault();
    void make();
    return;
  }
  if (e.ctrlKey || e.metaKey || e.altKey || typing(e) || document.querySelector("dialog[open]") || usedBy(e.target as HTMLElement, e.key)) return;
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (key === "c") {
    if (!e.repeat) flipped.value = true;
  } else if (key === "ArrowLeft" || key === "ArrowRight") {
    const way = key === "ArrowLeft" ? -1 : 1;
    deck.step(e.shiftKey ? way * Math.round(fps.peek()) : way);
  } else if (/^[1-9]$/.test(key)) {
    const take = numbered.peek().find((t) => t.number === Number(key));
    if (take) chosen.value = take.row.generation_id;
  } else if (actions[key]) {
    actions[key]!();
  } else return;
  e.preventDefault();
}

function onKeyUp(e: KeyboardEvent): void {
  if (e.key.toLowerCase() === "c") flipped.value = false;
}

/** listen takes the keys of the page. */
export function listen(): () => void {
  addEventListener("keydown", onKeyDown);
  addEventListener("keyup", onKeyUp);
  return () => {
    removeEventListener("keydown", onKeyDown);
    removeEventListener("keyup", onKeyUp);
  };
}
