// Asking while somebody types: once they pause, and for the last state only.
import { useEffect } from "preact/hooks";

/** useSoon does the work wait milliseconds after the last change of what it is about. A newer change takes its place and aborts its signal. */
export function useSoon(wait: number, about: unknown, work: (stop: AbortSignal) => void): void {
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => work(stop.signal), wait);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [about]);
}
