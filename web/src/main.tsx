import { render } from "preact";
import "./app.css";
import { listen as listenToKeys } from "./keys";
import { keepFocus } from "./lib/focus";
import * as address from "./state/address";
import * as clip from "./state/clip";
import * as plan from "./state/plan";
import { follow as followEngines } from "./state/engines";
import { follow as followSession, loadSession } from "./state/session";
import * as takes from "./state/takes";
import * as view from "./stage/view";
import * as scale from "./timeline/scale";
import { announceConnection, announceTakes } from "./takes/announce";
import { TopbarEnd } from "./TopbarEnd";
import { Workbench } from "./Workbench";

async function startWorkbench(root: HTMLElement): Promise<void> {
  await address.read();
  for (const part of [scale, clip, plan, takes, view]) part.follow();
  address.write();
  listenToKeys();
  root.textContent = "";
  render(<Workbench />, root);
  announceTakes(() => takes.numbered.value.map(({ row, number }) => ({ row, name: `Take ${number}` })), takes.isFresh);
}

async function start(): Promise<void> {
  const root = document.getElementById("content")!;
  render(<TopbarEnd />, document.getElementById("topbar-end")!);
  void loadSession();
  keepFocus();
  announceConnection();
  followSession();
  if (document.body.dataset.page === "history") {
    const { startHistory } = await import("./history/History");
    startHistory(root);
    return;
  }
  followEngines();
  await startWorkbench(root);
}

void start();
