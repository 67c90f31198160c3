import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { opened } from "../lib/events";
import { clip, duration, strip, stripTiles } from "../state/clip";
import { from, span } from "./scale";

/** Filmstrip draws the clip's pictures side by side, each where its time is. The server sends them as one image. */
export function Filmstrip({ width }: { width: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const image = useSignal<HTMLImageElement | null>(null);
  const failed = useSignal(false);
  const address = strip.value;
  const attempt = useSignal(0);
  useEffect(() => {
    if (failed.peek()) attempt.value++; // the server is back
  }, [opened.value]);
  useEffect(() => {
    image.value = null;
    failed.value = false;
    if (!address) return;
    const img = new Image();
    img.onload = () => (image.value = img);
    img.onerror = () => (failed.value = true);
    img.src = address;
    return () => (img.onload = img.onerror = null);
  }, [address, attempt.value]);
  const [f, s] = [from.value, span.value];
  useEffect(() => {
    if (canvas.current) draw(canvas.current, image.value, width, f, s);
  }, [image.value, width, f, s]);
  return (
    <div class={`strip${address && !image.value && !failed.value ? " waiting" : ""}`}>
      <canvas ref={canvas} height={56} aria-hidden="true" data-drawn={image.value ? "yes" : "no"} data-testid="filmstrip" />
      {clip.value && !clip.value.video && <p>no pictures</p>}
      {failed.value && <p>the pictures can't be shown now</p>}
    </div>
  );
}

const height = 56;

function draw(canvas: HTMLCanvasElement, image: HTMLImageElement | null, width: number, from: number, span: number): void {
  const ratio = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.round(height * ratio);
  const g = canvas.getContext("2d")!;
  if (!image) return;
  const tileWidth = image.naturalWidth / stripTiles;
  const drawn = (tileWidth / image.naturalHeight) * canvas.height;
  const length = duration.peek();
  for (let x = 0; x < canvas.width; x += drawn) {
    const t = from + ((x + drawn / 2) / canvas.width) * span;
    const tile = Math.min(stripTiles - 1, Math.max(0, Math.floor((t / length) * stripTiles)));
    g.drawImage(image, tile * tileWidth, 0, tileWidth, image.naturalHeight, x, 0, drawn, canvas.height);
  }
}
