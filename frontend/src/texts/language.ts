/** The language of the page: as chosen, or else the browser's. */
import { effect, signal } from "@preact/signals";
import { keep, kept } from "../shell/kept";

export type Language = "en" | "ko";

function initial(): Language {
  const chosen = kept("language");
  if (chosen === "en" || chosen === "ko") return chosen;
  return navigator.languages.find((tag) => /^(en|ko)\b/.test(tag))?.startsWith("ko") ? "ko" : "en";
}

export const language = signal<Language>(initial());

effect(() => {
  document.documentElement.lang = language.value;
});

export function choose(chosen: Language): void {
  language.value = chosen;
  keep("language", chosen);
}
