import { t } from "../texts/texts";

/** For those who came with something of their own. */
export function OwnWays() {
  return (
    <section class="stack">
      <h2>{t("home.own.title")}</h2>
      <ul>
        <li>
          <a href="#/build">{t("home.own.build")}</a>
        </li>
        <li>
          <a href="#/datasets">{t("home.own.data")}</a>
        </li>
        <li>
          <a href="#/step">{t("home.own.learn")}</a>
        </li>
      </ul>
    </section>
  );
}
