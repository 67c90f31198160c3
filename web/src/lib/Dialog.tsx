import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { home } from "./focus";

/**
 * Dialog is a modal window. The browser keeps the focus inside and gives it back; Escape and a click beside it close it.
 * A shortcut may have opened it while nothing had the focus: then the page's home gets it.
 */
export function Dialog({ title, close, children, wide = false }: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const d = ref.current!;
    const behind = document.activeElement;
    d.showModal();
    return () => {
      d.close();
      if (behind === document.body) home();
    };
  }, []);
  return (
    <dialog ref={ref} class={wide ? "wide-dialog" : ""} aria-labelledby="dialog-title" onCancel={(e) => {
      e.preventDefault();
      close();
    }} onPointerDown={(e) => e.target === ref.current && beside(e, ref.current!) && close()}>
      <div class="dialog-body">
        <header>
          <h2 id="dialog-title">{title}</h2>
          <button class="plain icon" aria-label="Close" onClick={close}>✕</button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** beside tells a press on what is around the dialog from one on its own scroll bar. */
function beside(e: PointerEvent, dialog: HTMLElement): boolean {
  const box = dialog.getBoundingClientRect();
  return e.clientX < box.left || e.clientX > box.right || e.clientY < box.top || e.clientY > box.bottom;
}
