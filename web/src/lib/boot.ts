import type { Model } from "./api";

/** What the server put into the page. */
export interface Boot {
  base: string;
  version: string;
  models: Model[];
  sample: string;
  max_file_bytes: number;
  namespace: string;
}

export const boot: Boot = JSON.parse(document.getElementById("boot")!.textContent!);
