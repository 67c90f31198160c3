// Light or dark: as chosen on this page, else as the system is.
import { signal } from "@preact/signals";

const system = matchMedia("(prefers-color-scheme: dark)");

export const dark = signal(isDark());
system.addEventListener("change", () => (dark.value = isDark()));

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

/** turn changes between light and dark, and remembers it for all pages. */
export function turn(): void {
  dark.value = !dark.value;
  document.documentElement.dataset.theme = dark.value ? "dark" : "light";
  try {
    localStorage.setItem("retake:theme", dark.value ? "dark" : "light");
  } catch { /* it holds until the page is left */ }
}
