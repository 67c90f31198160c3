import { useComputed, useSignal } from "@preact/signals";
import type { Property } from "../lib/api";
import { asText } from "../lib/format";
import { problemAt } from "../state/plan";
import { model, params, set } from "../state/request";
import { openChooser } from "../source/chooser";

/** SchemaForm has a field for every parameter of the model that no other control has. It works for any model. */
export function SchemaForm() {
  const schema = model.value?.json_request_schema;
  if (!schema) return null;
  const order = [...(schema["x-order"] ?? []), ...Object.keys(schema.properties)].filter((n, i, all) => all.indexOf(n) === i);
  const rest = order.filter((n) => schema.properties[n] && !schema.properties[n]["x-role"]);
  return <>{rest.map((n) => <Field key={n} name={n} p={schema.properties[n]!} required={schema.required?.includes(n) ?? false} />)}</>;
}

/** Field is the control for one parameter, as its schema describes it. */
export function Field({ name, p, required = false }: { name: string; p: Property; required?: boolean }) {
  const problem = problemAt(name);
  const given = useComputed(() => params.value[name]); // so that other parameters' changes draw nothing here
  const id = `field-${name}`;
  const attributes = { id, "aria-invalid": problem ? ("true" as const) : undefined, "aria-describedby": `${id}-says` };
  const v = given.value ?? p.default;
  const label = p.title ?? name;
  const says = problem ? <p id={`${id}-says`} class="problem">{problem}</p> : <p id={`${id}-says`} class="hint">{p.description}</p>;
  if (p.type === "boolean") {
    return (
      <div class="field">
        <label class="check"><input type="checkbox" {...attributes} checked={v === true} onChange={(e) => set({ [name]: e.currentTarget.checked })} /> {label}</label>
        {says}
      </div>
    );
  }
  return (
    <div class="field">
      <label for={id}>{label}{required && <span class="hint"> (needed)</span>}</label>
      <Control name={name} p={p} v={v} attributes={attributes} />
      {says}
    </div>
  );
}

interface ControlProps {
  name: string;
  p: Property;
  v: unknown;
  attributes: { id: string; "aria-invalid": "true" | undefined; "aria-describedby": string };
}

function Control({ name, p, v, attributes }: ControlProps) {
  if (p.enum) {
    return (
      <select {...attributes} value={asText(v)} onChange={(e) => set({ [name]: p.enum!.find((o) => String(o) === e.currentTarget.value) })}>
        {v === undefined && <option value="">not chosen</option>}
        {p.enum.map((o) => <option key={o} value={o}>{String(o).replaceAll("_", " ")}</option>)}
      </select>
    );
  }
  if (p.type === "number" || p.type === "integer") return <NumberControl name={name} p={p} v={v} attributes={attributes} />;
  if (p.renderType?.endsWith("-url") || p.format === "uri") {
    return (
      <div class="with-button">
        <input type="text" {...attributes} value={asText(v)} onInput={(e) => set({ [name]: e.currentTarget.value })} />
        <button type="button" aria-label={`Choose ${p.title ?? name}`} onClick={() => openChooser((address) => set({ [name]: address }), kindOf(p))}>Choose</button>
      </div>
    );
  }
  if ((p.maxLength ?? 0) > 200) return <textarea {...attributes} rows={2} value={asText(v)} onInput={(e) => set({ [name]: e.currentTarget.value })} />;
  return <input type="text" {...attributes} value={asText(v)} onInput={(e) => set({ [name]: e.currentTarget.value })} />;
}

function kindOf(p: Property): string {
  return p.renderType?.replace("-url", "") ?? "video";
}

/** NumberControl has a slider where the schema gives both ends of the range. What is no number stays to be mended. */
function NumberControl({ name, p, v, attributes }: ControlProps) {
  const typed = useSignal<string | null>(null);
  const step = p.multipleOf ?? (p.type === "integer" ? 1 : undefined);
  const change = (text: string) => {
    typed.value = text;
    const n = Number(text);
    if (text.trim() === "") set({ [name]: undefined });
    // What would lose digits goes as text, for the server to refuse: a seed must be the one that was meant.
    else set({ [name]: Number.isFinite(n) && (p.type !== "integer" || !Number.isInteger(n) || Number.isSafeInteger(n)) ? n : text });
  };
  const text = typed.value ?? asText(v);
  const field = <input type="text" inputMode={p.type === "integer" ? "numeric" : "decimal"} {...attributes} value={text} placeholder={p.default === undefined ? "auto" : ""} onInput={(e) => change(e.currentTarget.value)} onBlur={() => (typed.value = null)} />;
  if (p.minimum === undefined || p.maximum === undefined) return field;
  return (
    <div class="with-slider">
      <input type="range" min={p.minimum} max={p.maximum} step={step ?? (p.maximum - p.minimum) / 100} value={typeof v === "number" ? v : p.minimum} aria-label={`${p.title ?? name}, by slider`} onInput={(e) => change(e.currentTarget.value)} />
      {field}
    </div>
  );
}
