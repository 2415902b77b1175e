/** Light, dark, or as the system has it. `resolved` says which of the two is shown. */
import { computed, effect, signal } from "@preact/signals";
import { keep, kept } from "./kept";

export type Theme = "system" | "light" | "dark";

const asked = kept("theme");
export const theme = signal<Theme>(asked === "light" || asked === "dark" ? asked : "system");

const media = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(media.matches);
media.addEventListener("change", () => (systemIsDark.value = media.matches));

export const resolved = computed(() =>
  theme.value === "system" ? (systemIsDark.value ? "dark" : "light") : theme.value,
);

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
  keep("theme", theme.value === "system" ? null : theme.value);
});
