import type { Scope } from "../api/types";
import { t } from "../texts/texts";

/** A page that the reader's key does not allow. */
export function NotAllowed({ scope }: { scope: Scope }) {
  return (
    <section class="empty">
      <h1>{t("access.not_allowed")}</h1>
      <p>{t("access.not_allowed.hint", { scope })}</p>
      <p>
        <a href="#/">{t("nav.missing.home")}</a>
      </p>
    </section>
  );
}
