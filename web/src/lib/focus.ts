// The focus never gets lost: when the focused element goes away or is switched off, what is nearest to it takes over.

const tabbable = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";

function usable(e: HTMLElement): boolean {
  return e.isConnected && !e.matches(":disabled") && !e.closest("[inert]") && e.getClientRects().length > 0;
}

/** firstIn returns the first element that Tab would reach within another, or that one itself. */
function firstIn(e: Element | null): HTMLElement | null {
  if (!e) return null;
  return [e, ...e.querySelectorAll(tabbable)].find((x): x is HTMLElement => x instanceof HTMLElement && x.matches(tabbable) && usable(x)) ?? null;
}

/** The focused element and all around it, from the inside out; and the same of before a dialog was opened. */
let path: Element[] = [];
let behind: Element[] = [];

function around(e: Element): Element[] {
  const list = [];
  for (let at: Element | null = e; at; at = at.parentElement) list.push(at);
  return list;
}

/** home is where the focus goes when nothing is left near it: the picture, or the page's content. */
export function home(): void {
  (document.querySelector<HTMLElement>(".stage") ?? document.getElementById("content"))?.focus();
}

function lost(): boolean {
  const now = document.activeElement;
  return (!now || now === document.body) && path.length > 0 && !usable(path[0] as HTMLElement);
}

/** beside returns what stood beside the removed element that held the focus: the next, then the one before. */
function beside(changes: MutationRecord[]): HTMLElement | null {
  for (const c of changes) {
    if (![...c.removedNodes].some((n) => path.includes(n as Element))) continue;
    for (const way of ["nextSibling", "previousSibling"] as const) {
      for (let n = c[way]; n; n = n[way]) {
        const found = n instanceof Element && !n.matches("dialog") ? firstIn(n) : null;
        if (found) return found;
      }
    }
  }
  return null;
}

function nearest(from: Element[]): HTMLElement | null {
  const inside = from.filter((e) => e.isConnected && e.closest("#content, .topbar"));
  for (const e of inside) {
    const found = firstIn(e);
    if (found) return found;
  }
  return null;
}

/** keepFocus watches over the focus for as long as the page is open. */
export function keepFocus(): void {
  addEventListener("focusin", (e) => {
    const now = around(e.target as Element);
    if (!now.some((x) => x.matches("dialog"))) behind = now;
    path = now;
  });
  addEventListener("focusout", () => queueMicrotask(() => {
    // Somebody clicked beside everything: that is no loss.
    if (document.activeElement === document.body && path.length > 0 && usable(path[0] as HTMLElement)) path = behind = [];
  }));
  new MutationObserver((changes) => {
    if (!lost() || document.querySelector("dialog[open]")) return;
    const inDialog = path.some((e) => e.matches("dialog"));
    const next = inDialog ? nearest(behind) : beside(changes) ?? nearest(path);
    path = [];
    if (next) next.focus();
    else home();
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled", "hidden"] });
}
