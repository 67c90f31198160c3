// Looking closer: the wheel zooms where the pointer is, dragging moves the picture.
import { pan, zoom } from "./view";

export const levels = [1, 2, 4, 8];

const limit = (p: number) => {
  const most = 0.5 - 0.5 / zoom.peek();
  return Math.min(most, Math.max(-most, p));
};

/** zoomTo sets the level and keeps the point (parts of the frame from its middle) where it is. */
export function zoomTo(level: number, at = { x: 0, y: 0 }): void {
  const before = zoom.peek();
  const to = Math.min(levels[levels.length - 1]!, Math.max(1, level));
  const { x, y } = pan.peek();
  zoom.value = to;
  pan.value = { x: limit(x + at.x / before - at.x / to), y: limit(y + at.y / before - at.y / to) };
}

/** wheelZoom listens to the wheel with Ctrl held, as pinching sends it, too. Scrolling the page stays as it is. */
export function wheelZoom(frame: HTMLElement): () => void {
  const onWheel = (e: WheelEvent) => {
    if (!e.ctrlKey && !e.metaKey) return;
    e.preventDefault();
    const box = frame.getBoundingClientRect();
    zoomTo(zoom.peek() * Math.exp(-e.deltaY / 200), { x: (e.clientX - box.left) / box.width - 0.5, y: (e.clientY - box.top) / box.height - 0.5 });
  };
  frame.addEventListener("wheel", onWheel, { passive: false });
  return () => frame.removeEventListener("wheel", onWheel);
}

/** dragPicture moves a picture that is larger than its frame. */
export function dragPicture(e: PointerEvent): void {
  if (zoom.peek() <= 1 || e.button !== 0) return;
  const frame = e.currentTarget as HTMLElement;
  const box = frame.getBoundingClientRect();
  const from = { ...pan.peek() };
  frame.setPointerCapture(e.pointerId);
  const move = (m: PointerEvent) => {
    const by = (now: number, then: number, size: number) => (now - then) / size / zoom.peek();
    pan.value = { x: limit(from.x - by(m.clientX, e.clientX, box.width)), y: limit(from.y - by(m.clientY, e.clientY, box.height)) };
  };
  const end = () => {
    frame.removeEventListener("pointermove", move);
    frame.removeEventListener("pointerup", end);
    frame.removeEventListener("pointercancel", end);
  };
  frame.addEventListener("pointermove", move);
  frame.addEventListener("pointerup", end);
  frame.addEventListener("pointercancel", end);
}
