import { computed, signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { withQuery } from "../lib/api";
import { connection, opened } from "../lib/events";
import { codecName } from "../lib/format";
import { clip, playable, source } from "../state/clip";
import { chosen, refresh } from "../state/takes";
import * as deck from "./deck";
import { a, aCaption, aName, b, bCaption, bName, flipped, forget, gain, pan, view, wipe, zoom } from "./view";
import { dragPicture, wheelZoom } from "./zoom";

/** The addresses that the browser could not play. */
const failed = signal<readonly string[]>([]);

function markFailed(src: string): void {
  failed.value = [...failed.peek().filter((f) => f !== src), src];
}

/** Stage shows the pictures: the original, a take, or both in one of the ways to compare. */
export function Stage() {
  const frame = useRef<HTMLDivElement>(null);
  const video = clip.value?.video;
  const [w, h] = video ? (video.rotation % 180 ? [video.height, video.width] : [video.width, video.height]) : [16, 9];
  const shown = !b.value ? "original" : !a.value ? "take" : flipped.value ? "original" : view.value;
  useEffect(() => (frame.current ? wheelZoom(frame.current) : undefined), []);
  return (
    <div class={`stage stage-${shown}`} role="region" aria-label="Picture" tabIndex={0} style={{ "--ratio": `${w} / ${h}`, "--wipe": wipe.value, "--gain": gain.value }} data-testid="stage">
      <div class={`frame${zoom.value > 1 ? " zoomed" : ""}`} ref={frame} onPointerDown={dragPicture}
        style={{ "--zoom": zoom.value, "--x": pan.value.x, "--y": pan.value.y }}>
        {a.value && (
          <div class="half half-a">
            <Player which="a" src={a.value} />
            {failed.value.includes(a.value) && (clip.value?.video || a.value !== playable.value) && <Still of={a.value} whole={!b.value} />}
          </div>
        )}
        {b.value && (
          <div class="half half-b">
            <Player which="b" src={b.value} />
            {failed.value.includes(b.value) && <Still of={b.value} whole />}
          </div>
        )}
        {shown === "wipe" && <WipeLine />}
        {!a.value && (!b.value || source.value.state === "loading" ? <Empty /> : <p class="notice">{gone.value}</p>)}
      </div>
      {b.value && <p class="corner corner-a" aria-hidden="true">{shown === "take" ? "" : shown === "difference" ? `${aCaption.value} − ${bCaption.value}` : aCaption.value}</p>}
      {b.value && <p class="corner corner-b" aria-hidden="true">{shown === "original" || shown === "difference" ? "" : bCaption.value}</p>}
    </div>
  );
}

function Player({ which, src }: { which: "a" | "b"; src: string }) {
  const ref = useRef<HTMLVideoElement>(null);
  const attempt = useSignal(0);
  const placed = useSignal(""); // the source whose picture is that of the clock: a new player first has its own beginning
  useEffect(() => {
    if (!ref.current?.error) return;
    failed.value = failed.peek().filter((f) => f !== src);
    attempt.value++; // the server is back
  }, [opened.value]);
  useEffect(() => {
    const player = ref.current!;
    deck.attach(which, player);
    return () => {
      deck.attach(which, null);
      player.removeAttribute("src"); // lets go of the decoder at once
      player.load();
    };
  }, [src, attempt.value]);
  return (
    <video key={`${src} ${attempt.value}`} ref={ref} src={src} preload="auto" playsInline disablePictureInPicture tabIndex={-1}
      aria-label={which === "a" ? aName.value : bName.value} style={{ opacity: placed.value === src ? undefined : 0 }}
      onLoadedData={(e) => {
        if (e.currentTarget.videoWidth === 0) markFailed(src); // it plays the sound alone
        if (!e.currentTarget.seeking) placed.value = src;
      }}
      onSeeked={() => (placed.value = src)}
      onError={() => {
        markFailed(src);
        const id = chosen.peek();
        if (which === "b" && id && forget(id)) void refresh(id); // its link may have lapsed
      }} />
  );
}

/** Still stands in for a file of a kind that this browser can't play. */
function Still({ of, whole }: { of: string; whole: boolean }) {
  const at = deck.playing.value ? Math.floor(deck.now.value) : Math.round(deck.now.value * 5) / 5;
  return (
    <>
      <img class="still" alt="" src={withQuery(of, { thumbnail: "true", timestamp: at, width: 960 })} />
      {whole && <p class="notice">{connection.value === "lost" ? "The picture follows when the connection is back." : `This browser can't play this kind of file${clip.value ? ` (${clip.value.container}, ${codecName(clip.value.video?.codec ?? "")})` : ""}, so stills are shown. Takes can be made all the same.`}</p>}
    </>
  );
}

const gone = computed(() => {
  const s = source.value;
  return s.state === "problem" ? (s.passing ? s.message : "The original is not on the server any more, so there is nothing to compare with.") : s.state === "away" ? "The original is not on this server, so there is nothing to compare with." : "";
});

function WipeLine() {
  const move = (e: PointerEvent) => {
    const box = (e.currentTarget as HTMLElement).parentElement!.getBoundingClientRect();
    wipe.value = Math.min(1, Math.max(0, (e.clientX - box.left) / box.width));
  };
  return (
    <div class="wipe-line" role="slider" tabIndex={0} aria-label={`Line between ${aCaption.value} and ${bCaption.value}`} aria-valuemin={0} aria-valuemax={100}
      aria-valuenow={Math.round(wipe.value * 100)} aria-valuetext={`${Math.round(wipe.value * 100)}% ${aName.value}`}
      onPointerDown={(e) => {
        e.stopPropagation();
        (e.currentTarget as HTMLElement).setPointerCapture(e.pointerId);
      }}
      onPointerMove={(e) => (e.currentTarget as HTMLElement).hasPointerCapture(e.pointerId) && move(e)}
      onKeyDown={(e) => {
        const by: Record<string, number> = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
        if (!by[e.key] || e.ctrlKey || e.metaKey || e.altKey) return;
        e.preventDefault();
        e.stopPropagation();
        wipe.value = Math.min(1, Math.max(0, wipe.value + by[e.key]! * (e.shiftKey ? 5 : 1)));
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
