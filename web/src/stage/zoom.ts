// Looking closer: the wheel zooms where the pointer is, dragging moves the picture.
import { follow } from "../lib/drag";
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
    const box = shownIn(frame);
    zoomTo(zoom.peek() * Math.exp(-e.deltaY / 200), { x: (e.clientX - box.left) / box.width - 0.5, y: (e.clientY - box.top) / box.height - 0.5 });
  };
  frame.addEventListener("wheel", onWheel, { passive: false });
  return () => frame.removeEventListener("wheel", onWheel);
}

/** panBy moves a zoomed picture by parts of what is seen of it. */
export function panBy(x: number, y: number): void {
  const from = pan.peek();
  pan.value = { x: limit(from.x + x / zoom.peek()), y: limit(from.y + y / zoom.peek()) };
}

/** dragPicture moves a picture that is larger than its frame. */
export function dragPicture(e: PointerEvent): void {
  if (zoom.peek() <= 1 || e.button !== 0) return;
  const box = shownIn(e.currentTarget as HTMLElement);
  let last = e;
  follow(e, (m) => {
    panBy(-(m.clientX - last.clientX) / box.width, -(m.clientY - last.clientY) / box.height);
    last = m;
  });
}

/** shownIn is where a picture stands: side by side, each has half of the frame. */
function shownIn(frame: HTMLElement): DOMRect {
  return (frame.querySelector(".half") ?? frame).getBoundingClientRect();
}
