import { problems } from "../state/plan";
import { make } from "../state/takes";

/** makeOrShow asks for the takes, or goes to the first field that needs mending. */
export async function makeOrShow(): Promise<void> {
  await make();
  if (problems.value.length > 0) requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid="true"]')?.focus());
}
