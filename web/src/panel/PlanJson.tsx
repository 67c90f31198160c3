import { useSignal } from "@preact/signals";

/** PlanJson shows on demand how an engine reads a prompt, with every detail, as the engine writes it. */
export function PlanJson({ of }: { of: unknown }) {
  const open = useSignal(false);
  if (of === undefined || of === null) return null;
  return (
    <details class="plan" open={open.value} onToggle={(e) => (open.value = e.currentTarget.open)} data-testid="plan-json">
      <summary>Plan in JSON</summary>
      {open.value && <pre tabIndex={0} role="region" aria-label="How the prompt is read, in JSON"><code>{JSON.stringify(of, null, 2)}</code></pre>}
    </details>
  );
}
