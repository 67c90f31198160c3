import { useSignal } from "@preact/signals";
import { announce } from "../lib/announce";

/** DeleteButton asks once more before it deletes. A held key or a double click is no answer to that. */
export function DeleteButton({ what, remove }: { what: string; remove: () => Promise<void> }) {
  const sure = useSignal(false);
  const press = (e: MouseEvent) => {
    if (e.detail > 1) return;
    if (sure.value) return void remove();
    sure.value = true;
    announce(`Really delete ${what}? Press again to delete it, Escape to keep it.`);
  };
  const onKey = (e: KeyboardEvent) => {
    if (e.repeat && e.key === "Enter") e.preventDefault();
    if (e.key !== "Escape" || !sure.value) return;
    e.preventDefault();
    sure.value = false;
  };
  return (
    <button class={sure.value ? "danger" : "plain"} aria-label={sure.value ? `Really delete ${what}` : `Delete ${what}`}
      onClick={press} onKeyDown={onKey} onBlur={() => (sure.value = false)} data-testid={sure.value ? "delete-sure" : "delete"}>
      {sure.value ? "Really delete" : "Delete"}
    </button>
  );
}
