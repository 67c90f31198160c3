/** follow calls move with each move of a pointer that went down on an element, and end once it is let go. */
export function follow(e: PointerEvent, move: (e: PointerEvent) => void, end: (e: PointerEvent) => void = () => {}): void {
  const element = e.currentTarget as HTMLElement;
  const stop = new AbortController();
  const done = (u: PointerEvent) => {
    stop.abort();
    end(u);
  };
  element.setPointerCapture(e.pointerId);
  element.addEventListener("pointermove", move, { signal: stop.signal });
  element.addEventListener("pointerup", done, { signal: stop.signal });
  element.addEventListener("pointercancel", done, { signal: stop.signal });
}
