import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "../lib/Dialog";
import { Failure, get, local, post, type StoredFile, withQuery } from "../lib/api";
import { ago, bytes, fileName, moment } from "../lib/format";
import { useSoon } from "../lib/soon";
import { noteFailure } from "../state/session";
import { chooser } from "./chooser";
import { refusal, send } from "./upload";

/** ChooserDialog offers the three ways to a clip: a file of this machine, an address, a file the server has. */
export function ChooserDialog() {
  const open = chooser.value;
  if (!open) return null;
  const close = () => (chooser.value = null);
  const pick = (address: string) => {
    open.pick(address);
    if (chooser.peek() === open) close();
  };
  return (
    <Dialog title={open.kind === "video" ? "Choose a clip" : "Choose a file"} close={close}>
      <FromMachine pick={pick} kind={open.kind} />
      <FromAddress pick={pick} />
      <FromServer pick={pick} kind={open.kind} />
    </Dialog>
  );
}

function FromMachine({ pick, kind }: { pick: (address: string) => void; kind: string }) {
  const problem = useSignal<string | null>(null);
  const take = (file: File | undefined) => {
    if (!file) return;
    problem.value = kind === "video" ? refusal(file) : null;
    if (problem.value) return;
    void send(file, pick);
    chooser.value = null; // how it goes is shown in the source bar
  };
  return (
    <section>
      <label for="choose-file">From this machine</label>
      <input id="choose-file" type="file" accept={kind === "video" ? "video/*,.mkv,.ts,.mts" : `${kind}/*`} onChange={(e) => take(e.currentTarget.files?.[0])} />
      {problem.value && <p class="problem" role="alert">{problem.value}</p>}
    </section>
  );
}

function FromAddress({ pick }: { pick: (address: string) => void }) {
  const address = useSignal("");
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []); // whoever closes the dialog does not want the clip any more
  const bring = async (e: Event) => {
    e.preventDefault();
    const url = address.value.trim();
    if (!url) return;
    if (local(url).startsWith("/api/repos/")) return pick(local(url).split("?")[0]!);
    busy.value = true;
    problem.value = null;
    try {
      pick((await post<{ input_video: string }>("/api/ai/import", { url }, { signal: stop.current.signal })).input_video);
    } catch (e) {
      noteFailure(e);
      if (e instanceof Failure) problem.value = e.message;
    }
    busy.value = false;
  };
  return (
    <form onSubmit={bring}>
      <label for="choose-url">From an address</label>
      <div class="with-button">
        <input id="choose-url" type="text" inputMode="url" placeholder="https://…/clip.mp4" value={address.value} aria-invalid={problem.value ? "true" : undefined} aria-describedby="choose-url-says" onInput={(e) => (address.value = e.currentTarget.value)} />
        <button disabled={busy.value}>{busy.value ? "Fetching …" : "Fetch"}</button>
      </div>
      <p id="choose-url-says" class={problem.value ? "problem" : "hint"} role={problem.value ? "alert" : undefined}>{problem.value ?? "The server fetches the clip and keeps a copy."}</p>
    </form>
  );
}

function FromServer({ pick, kind }: { pick: (address: string) => void; kind: string }) {
  const search = useSignal("");
  const files = useSignal<StoredFile[] | null>(null);
  const problem = useSignal<string | null>(null);
  useSoon(150, search.value, async (signal) => {
    try {
      const found = await get<{ files: StoredFile[] }>(withQuery("/api/files", { media_type: kind, search: search.value, page_size: 40 }), signal);
      files.value = found.files;
      problem.value = null;
    } catch (e) {
      noteFailure(e);
      if (e instanceof Failure) problem.value = e.message;
    }
  });
  return (
    <section>
      <label for="choose-search">From the server</label>
      <input id="choose-search" type="search" placeholder="Search by name" value={search.value} onInput={(e) => (search.value = e.currentTarget.value)} />
      {problem.value && <p class="problem" role="alert">{problem.value}</p>}
      <ul class="files" aria-label="Files of the server">
        {files.value?.length === 0 && <li class="hint">{search.value ? "Nothing by that name." : "Nothing here yet. Clips you send and takes you make appear here."}</li>}
        {files.value?.map((f) => (
          <li key={f.url}>
            <button type="button" onClick={() => pick(f.url)}>
              {kind === "video" && <img alt="" loading="lazy" width={96} height={54} src={withQuery(f.url, { thumbnail: "true", width: 192, height: 108 })} />}
              <span class="name"><span class="words">{f.prompt ? `Take: ${f.prompt}` : fileName(f.url)}</span><span class="hint">{f.namespace}/{f.repo} · {bytes(f.size)} · {f.prompt ? moment(f.created_at) : ago(f.created_at)}</span></span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
