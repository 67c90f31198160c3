// Who is signed in. The keys themselves never reach the page; it knows their ids and namespaces.
import { computed, effect, signal } from "@preact/signals";
import { call, Failure, get, type Session } from "../lib/api";
import { opened } from "../lib/events";
import { boot } from "../lib/boot";
import { notice } from "./notice";

export const session = signal<Session | null>(null);
export const namespace = computed(() => (session.value ? session.value.keys.find((k) => k.id === session.value?.current)?.namespace : boot.namespace) ?? null);

/** signedOut is true once the server no longer knows this browser. */
export const signedOut = signal(false);

export async function loadSession(): Promise<void> {
  try {
    session.value = await get<Session>("/api/session");
    signedOut.value = !session.value.signed_in;
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    noteFailure(e);
    if (e.status !== 0) notice(e.message); // that the server can't be reached is said where takes are listed
  }
}

/** follow notices a sign-in in another tab, and asks again for what could not be reached. */
export function follow(): () => void {
  return effect(() => {
    if (opened.value > 0 && (signedOut.peek() || !session.peek())) void loadSession();
  });
}

/** The tabs of a browser share one sign-in. What a tab shows belongs to its key, so each begins anew when that changes. */
const tabs = new BroadcastChannel("retake:session");
tabs.onmessage = () => location.reload();

function tellTabs(): void {
  tabs.postMessage("changed");
}

/** noteFailure notices that the session has ended. */
export function noteFailure(e: unknown): void {
  if (e instanceof Failure && e.status === 401) signedOut.value = true;
}

export async function addKey(key: string): Promise<void> {
  session.value = await call<Session>("POST", "/api/session", { key });
  tellTabs();
}

export async function switchKey(id: string): Promise<void> {
  session.value = await call<Session>("PUT", "/api/session", { current: id });
  tellTabs();
}

export async function removeKey(id: string): Promise<void> {
  session.value = await call<Session>("DELETE", `/api/session/keys/${encodeURIComponent(id)}`);
  tellTabs();
}

export async function signOut(): Promise<void> {
  try {
    await call<Session>("DELETE", "/api/session");
  } catch (e) {
    return notice((e as Failure).message);
  }
  location.assign("/ai/signin");
}
