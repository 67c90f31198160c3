import { announced } from "./lib/announce";
import { Dialog } from "./lib/Dialog";
import { here } from "./lib/place";
import { helpOpen, shortcuts } from "./keys";
import { Panel } from "./panel/Panel";
import { ChooserDialog } from "./source/ChooserDialog";
import { SourceBar } from "./source/SourceBar";
import { CompareBar, Transport } from "./stage/Transport";
import { Stage } from "./stage/Stage";
import { flush } from "./state/address";
import { said } from "./state/notice";
import { upload } from "./source/upload";
import { signedOut } from "./state/session";
import { TakeList } from "./takes/TakeList";
import { Timeline } from "./timeline/Timeline";

/** Workbench is the page on which a person makes a retake. */
export function Workbench() {
  return (
    <div class="workbench">
      <h1 class="sr">Workbench</h1>
      <SignedOut />
      <div class="left">
        <SourceBar />
        <CompareBar />
        <Stage />
        <Transport />
        <Timeline />
      </div>
      <div class="right">
        <Panel />
        <TakeList />
      </div>
      <ChooserDialog />
      <KeysDialog />
      <Said />
    </div>
  );
}

/** SignedOut stands over the page when the server no longer knows the browser. What was written stays. */
export function SignedOut() {
  if (!signedOut.value) return null;
  const link = () => `/ai/signin?next=${encodeURIComponent(here.value)}`;
  const leave = (e: MouseEvent) => {
    flush(); // what was typed a moment ago belongs to the address that the sign-in leads back to
    (e.currentTarget as HTMLAnchorElement).href = link();
  };
  // A chosen file lives in this document alone, so the sign-in gets a tab of its own; this one notices it.
  if (upload.value && upload.value.state !== "done") {
    return <p class="banner" role="alert">You are signed out. <a href={link()} onClick={leave} target="_blank">Sign in again in another tab</a>; what you wrote is kept, and “{upload.value.file.name}” stays here to be sent.</p>;
  }
  return <p class="banner" role="alert">You are signed out. <a href={link()} onClick={leave}>Sign in again</a>; what you wrote is kept.</p>;
}

export function KeysDialog() {
  if (!helpOpen.value) return null;
  return (
    <Dialog title="Keyboard shortcuts" close={() => (helpOpen.value = false)}>
      <dl class="keys">{shortcuts.value.map(([keys, what]) => <><dt key={keys}><kbd>{keys}</kbd></dt><dd>{what}</dd></>)}</dl>
    </Dialog>
  );
}

export function Said() {
  return (
    <>
      <div class="said" role="status">{said.value && <p>{said.value}</p>}</div>
      <div class="sr" aria-live="polite" aria-relevant="additions" data-testid="announced">{announced.value.map((a) => <p key={a.id}>{a.text}</p>)}</div>
    </>
  );
}
