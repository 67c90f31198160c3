import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { withQuery } from "../lib/api";
import { clip, playable, source } from "../state/clip";
import { chosen } from "../state/takes";
import * as deck from "./deck";
import { a, aName, b, bName, flipped, forget, gain, pan, view, wipe, zoom } from "./view";
import { dragPicture, wheelZoom } from "./zoom";

/** The address that the browser could not play, null when all is well. */
const failed = signal<string | null>(null);

/** Stage shows the pictures: the original, a take, or both in one of the ways to compare. */
export function Stage() {
  const frame = useRef<HTMLDivElement>(null);
  const video = clip.value?.video;
  const [w, h] = video ? (video.rotation % 180 ? [video.height, video.width] : [video.width, video.height]) : [16, 9];
  const shown = b.value ? (flipped.value ? "original" : view.value) : "original";
  useEffect(() => (frame.current ? wheelZoom(frame.current) : undefined), []);
  return (
    <div class={`stage stage-${shown}`} style={{ "--ratio": `${w} / ${h}`, "--wipe": wipe.value, "--gain": gain.value }} data-testid="stage">
      <div class={`frame${zoom.value > 1 ? " zoomed" : ""}`} ref={frame} onPointerDown={dragPicture}
        style={{ "--zoom": zoom.value, "--x": pan.value.x, "--y": pan.value.y }}>
        {a.value && (
          <div class="half half-a">
            <Player which="a" src={a.value} />
            {failed.value === a.value && clip.value && <Still />}
          </div>
        )}
        {b.value && (
          <div class="half half-b">
            <Player which="b" src={b.value} />
          </div>
        )}
        {shown === "wipe" && <WipeLine />}
        {!a.value && <Empty />}
      </div>
      {b.value && <p class="corner corner-a" aria-hidden="true">{shown === "take" ? "" : shown === "difference" ? `${aName.value} − ${bName.value}` : aName.value}</p>}
      {b.value && <p class="corner corner-b" aria-hidden="true">{shown === "original" || shown === "difference" ? "" : bName.value}</p>}
    </div>
  );
}

function Player({ which, src }: { which: "a" | "b"; src: string }) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const player = ref.current!;
    deck.attach(which, player);
    return () => {
      deck.attach(which, null);
      player.removeAttribute("src"); // lets go of the decoder at once
      player.load();
    };
  }, [src]);
  return (
    <video key={src} ref={ref} src={src} preload="auto" playsInline disablePictureInPicture tabIndex={-1}
      aria-label={which === "a" ? aName.value : bName.value}
      onLoadedData={() => which === "a" && (failed.value = null)}
      onError={() => {
        if (which === "a") failed.value = src;
        else forget(chosen.value);
      }} />
  );
}

/** Still stands in for a clip of a kind that this browser can't play. */
function Still() {
  const address = playable.value;
  if (!address) return null;
  const at = Math.round(deck.now.value * 5) / 5;
  return (
    <>
      <img class="still" alt="" src={withQuery(address, { thumbnail: "true", timestamp: at, width: 960 })} />
      <p class="notice">This browser can't play {clip.value?.container} files of this kind, so stills are shown. Takes can be made all the same.</p>
    </>
  );
}

function WipeLine() {
  const move = (e: PointerEvent) => {
    const box = (e.currentTarget as HTMLElement).parentElement!.getBoundingClientRect();
    wipe.value = Math.min(1, Math.max(0, (e.clientX - box.left) / box.width));
  };
  return (
    <div class="wipe-line" role="slider" tabIndex={0} aria-label="Line between original and take" aria-valuemin={0} aria-valuemax={100}
      aria-valuenow={Math.round(wipe.value * 100)} aria-valuetext={`${Math.round(wipe.value * 100)}% ${aName.value}`}
      onPointerDown={(e) => {
        e.stopPropagation();
        (e.currentTarget as HTMLElement).setPointerCapture(e.pointerId);
      }}
      onPointerMove={(e) => (e.currentTarget as HTMLElement).hasPointerCapture(e.pointerId) && move(e)}
      onKeyDown={(e) => {
        const by = e.key === "ArrowLeft" ? -0.02 : e.key === "ArrowRight" ? 0.02 : 0;
        if (!by) return;
        e.preventDefault();
        e.stopPropagation();
        wipe.value = Math.min(1, Math.max(0, wipe.value + by));
      }}>
      <span />
    </div>
  );
}

function Empty() {
  const s = source.value;
  if (s.state === "loading") return <p class="notice quiet">Looking at the clip …</p>;
  if (s.state === "problem") return <p class="notice" role="alert">{s.message}</p>;
  if (s.state === "away") return <p class="notice">This address has not been brought to this server, so it can't be shown. A take can be made all the same.</p>;
  return <p class="notice quiet">Choose a clip, or drop one here.</p>;
}
