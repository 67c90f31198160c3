// The keyboard. Fields keep their own keys; everything else follows film editors.
import { signal } from "@preact/signals";
import { announce, announceLast } from "./lib/announce";
import { home } from "./lib/focus";
import { timecode } from "./lib/timecode";
import { makeOrShow } from "./panel/make";
import { markIn, markOut, loopOf, toggleLoop } from "./stage/commands";
import * as deck from "./stage/deck";
import { flipped, zoom } from "./stage/view";
import { panBy, zoomTo } from "./stage/zoom";
import { fps } from "./state/clip";
import { bringIntoSight, chosen, numbered } from "./state/takes";

export const helpOpen = signal(false);

type Shortcut = [keys: string, what: string];

const workbench: Shortcut[] = [
  ["Space", "play or pause"], ["J K L", "back, stop, on; again for faster"], ["← →", "one frame"], ["Shift ← →", "one second"],
  ["I O", "start and end the segment here"], ["/", "loop the segment"], ["\\", "loop it with a second around it"],
  ["C held", "show the original"], ["1 to 9", "show that take"], ["0", "show the original alone"], ["M", "sound on or off"],
  ["+ −", "look closer at the picture, or less close"], ["Ctrl ← → ↑ ↓", "move a picture that is looked at closely"],
  ["Ctrl Enter", "make the take"], ["Esc", "out of a field, to the picture"], ["?", "these keys"],
];
const history: Shortcut[] = [["/", "search the prompts"], ["?", "these keys"]];

/** shortcuts are the keys of this page. */
export const shortcuts = signal<Shortcut[]>(workbench);

function loop(by: number): void {
  toggleLoop(by);
  const looped = loopOf();
  announce(looped === "segment" ? "Looping the segment." : looped ? "Looping the segment with a second around it." : "No loop.");
}

function mute(): void {
  deck.muted.value = !deck.muted.value;
  announce(deck.muted.value ? "Sound off." : "Sound on.");
}

function show(id: string | null): void {
  chosen.value = id;
  const take = numbered.peek().find((t) => t.row.generation_id === id);
  announce(take ? `Take ${take.number}: ${take.row.prompt}` : "The original alone.");
  bringIntoSight();
}

function step(frames: number): void {
  deck.step(frames);
  announceLast(timecode(deck.now.peek(), fps.peek()));
}

const help = () => (helpOpen.value = true);

const onWorkbench: Record<string, (e: KeyboardEvent) => void> = {
  " ": (e) => e.repeat || deck.toggle(), k: deck.pause, l: () => deck.shuttle(1), j: () => deck.shuttle(-1),
  i: markIn, o: markOut, "/": () => loop(0), "\\": () => loop(1), m: mute, "?": help, "0": () => show(null),
  ArrowLeft: (e) => step(e.shiftKey ? -Math.round(fps.peek()) : -1),
  ArrowRight: (e) => step(e.shiftKey ? Math.round(fps.peek()) : 1),
  "+": () => zoomTo(zoom.peek() * 2), "=": () => zoomTo(zoom.peek() * 2), "-": () => zoomTo(zoom.peek() / 2),
  c: (e) => e.repeat || hold(true),
  Escape: home,
};

const onHistory: Record<string, () => void> = {
  "?": help, "/": () => document.getElementById("filter-search")?.focus(),
};

let held = false; // C, which shows the original for as long

function hold(down: boolean): void {
  if (down !== held) flipped.value = down;
  held = down;
}

/** Controls that letters and digits go into. */
function typing(t: HTMLElement): boolean {
  if (t instanceof HTMLInputElement) return !["checkbox", "radio", "range", "file", "button", "submit"].includes(t.type);
  return t.isContentEditable || t.tagName === "TEXTAREA" || t.tagName === "SELECT";
}

/** Keys that a focused control uses itself. */
function usedBy(t: HTMLElement, key: string): boolean {
  if (t.closest(".menu")) return key === "Escape" || !!t.closest("button, summary") && (key === " " || key === "Enter");
  const moves = key.startsWith("Arrow") || ["Home", "End", "PageUp", "PageDown"].includes(key);
  if (moves) return !!t.closest("[role=slider], [role=tab], [type=range], [type=radio], pre, [role=region]:not(.stage)");
  return (key === " " || key === "Enter") && !!t.closest("button, a, summary, [role=tab], [type=checkbox], [type=radio], [type=file], video");
}

function onKeyDown(e: KeyboardEvent, actions: Record<string, (e: KeyboardEvent) => void>): void {
  const t = e.target as HTMLElement;
  if (e.isComposing || e.defaultPrevented || document.querySelector("dialog[open]")) return;
  const made = actions === onWorkbench;
  if (made && (e.ctrlKey || e.metaKey) && e.key === "Enter") {
    e.preventDefault();
    if (!e.repeat) void makeOrShow();
    return;
  }
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
  if (made && way && (e.ctrlKey || e.metaKey) && zoom.peek() > 1 && !typing(t)) {
    e.preventDefault();
    panBy(way[0]! / 10, way[1]! / 10);
    return;
  }
  const altGr = e.getModifierState("AltGraph") || (e.altKey && !e.ctrlKey && ["\\", "/", "?"].includes(e.key)); // as some keyboards write these
  if (!altGr && (e.ctrlKey || e.metaKey || e.altKey)) return;
  if ((typing(t) && e.key !== "Escape") || usedBy(t, e.key)) return;
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (made && /^[1-9]$/.test(key)) {
    const take = numbered.peek().find((n) => n.number === Number(key));
    if (take) show(take.row.generation_id);
  } else if (actions[key]) {
    actions[key](e);
  } else return;
  e.preventDefault();
}

/** listen takes the keys of a page. */
export function listen(page: "workbench" | "history" = "workbench"): () => void {
  const stop = new AbortController();
  const actions = page === "history" ? onHistory : onWorkbench;
  shortcuts.value = page === "history" ? history : workbench;
  addEventListener("keydown", (e) => onKeyDown(e, actions), { signal: stop.signal });
  addEventListener("keyup", (e) => e.key.toLowerCase() === "c" && hold(false), { signal: stop.signal });
  addEventListener("blur", () => hold(false), { signal: stop.signal });
  return () => stop.abort();
}
