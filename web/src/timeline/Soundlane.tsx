import { useEffect, useRef } from "preact/hooks";
import { fullScale } from "../lib/api";
import { dark } from "../lib/theme";
import { clip, duration, waveform } from "../state/clip";
import { zoomed, from } from "./scale";

/** Soundlane draws how loud the clip is along time: peaks pale, the average strong. The drawing is scaled by the browser. */
export function Soundlane() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const wave = waveform.value;
  useEffect(() => {
    if (canvas.current) draw(canvas.current, wave?.peak ?? [], wave?.rms ?? []);
  }, [wave, dark.value]); // it is drawn in the theme's colour
  const offset = duration.value ? -from.value / duration.value : 0;
  return (
    <div class="sound-lane">
      <canvas ref={canvas} width={1600} height={40} aria-hidden="true" data-drawn={wave ? "yes" : "no"} data-testid="waveform"
        style={{ width: `${zoomed.value * 100}%`, left: `${offset * zoomed.value * 100}%` }} />
      {clip.value && !clip.value.audio && <p>no sound</p>}
    </div>
  );
}

function draw(canvas: HTMLCanvasElement, peak: number[], rms: number[]): void {
  const g = canvas.getContext("2d")!;
  const { width, height } = canvas;
  g.clearRect(0, 0, width, height);
  const colour = getComputedStyle(canvas).color;
  const step = width / Math.max(1, peak.length);
  for (const [values, alpha] of [[peak, 0.4], [rms, 1]] as const) {
    g.globalAlpha = alpha;
    g.fillStyle = colour;
    values.forEach((v, i) => {
      const h = Math.max(1, (v / fullScale) * height);
      g.fillRect(i * step, (height - h) / 2, Math.max(1, step), h);
    });
  }
}
