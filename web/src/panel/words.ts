// The known words that fit what is being typed.
import type { Term } from "../lib/api";

/** lastPart returns what follows the last comma or "and". */
function lastPart(text: string): string {
  return text.split(/,|;|\band\b/).pop()!.trimStart().toLowerCase();
}

/** endings are the last part of a text and what is left of it word by word, the longest first. */
function endings(text: string): string[] {
  const part = lastPart(text);
  const starts = [0, ...[...part.matchAll(/\s+(?=\S)/g)].map((m) => m.index + m[0].length)];
  return starts.map((i) => part.slice(i)).filter((e) => e.length >= 2);
}

const shortest = (x: string, y: string) => x.length - y.length || (x < y ? -1 : 1);

/**
 * matches returns up to four known phrases that begin with what is being typed, the shortest first: of each term one
 * word is enough. A word that is complete can only go on with another one.
 */
export function matches(text: string, terms: Term[]): string[] {
  const written = " " + text.toLowerCase();
  if (terms.some((t) => t.phrases.some((p) => p.includes(" ") && written.endsWith(" " + p)))) return [];
  for (const e of endings(text)) {
    const fit = terms.map((t) => t.phrases.filter((p) => p.startsWith(e)).sort(shortest)).filter((list) => list.length > 0);
    if (fit.length === 0) continue;
    const complete = fit.some((list) => list.includes(e.trim()));
    const found = fit.flatMap((list) => list.filter((p, i) => (complete ? p.startsWith(e.trim() + " ") : i === 0 || p.includes(" "))));
    return [...new Set(found)].sort(shortest).slice(0, 4);
  }
  return [];
}

/** completed puts a phrase in the place of what was typed of it. */
export function completed(text: string, phrase: string): string {
  const typed = endings(text).find((e) => phrase.startsWith(e)) ?? "";
  return text.slice(0, text.length - typed.length) + phrase;
}
