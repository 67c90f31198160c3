// Where the page is: its own address, which a reload, a bookmark or a new sign-in leads back to.
import { signal } from "@preact/signals";

export const here = signal(location.pathname + location.search);

/** moveTo writes the query into the address bar. */
export function moveTo(query: string): void {
  here.value = location.pathname + (query ? `?${query}` : "");
  try {
    history.replaceState(null, "", here.value);
  } catch { /* browsers refuse when it changes too often: the next change catches up */ }
}
