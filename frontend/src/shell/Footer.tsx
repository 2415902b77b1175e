import { below } from "../api/base";
import { isSignedOut } from "../api/caller";
import { choose, language } from "../texts/language";
import { t } from "../texts/texts";
import { type Theme, theme } from "./theme";

const THEMES: Theme[] = ["system", "light", "dark"];

/** Where else to go, and how the page is to look. */
export function Footer() {
  return (
    <footer class="footer">
      {!isSignedOut.value && (
        <>
          <a href={below("/docs")}>{t("nav.api")}</a>
          <a href={below("/openapi.json")}>OpenAPI</a>
        </>
      )}
      <span class="spring" />
      <label>
        <span>{t("theme.label")}</span>
        <select value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
          {THEMES.map((name) => (
            <option value={name}>{t(`theme.${name}`)}</option>
          ))}
        </select>
      </label>
      <label>
        <span>{t("language.label")}</span>
        <select value={language.value} onChange={(event) => choose(event.currentTarget.value as "en" | "ko")}>
          <option value="en" lang="en">
            English
          </option>
          <option value="ko" lang="ko">
            한국어
          </option>
        </select>
      </label>
    </footer>
  );
}
