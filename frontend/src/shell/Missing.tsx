import { t } from "../texts/texts";

export function Missing() {
  return (
    <section class="empty">
      <h1>{t("nav.missing")}</h1>
      <p>{t("nav.missing.hint")}</p>
      <p>
        <a href="#/">{t("nav.missing.home")}</a>
      </p>
    </section>
  );
}
