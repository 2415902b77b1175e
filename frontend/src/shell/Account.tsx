import { nameOfCaller } from "../access/who";
import { caller } from "../api/caller";
import { t } from "../texts/texts";
import { routePath } from "./router";

/** Who is signed in, where anybody is. */
export function Account() {
  const who = caller.value;
  if (!who?.session) return null;
  return (
    <a class="account" href="#/access" aria-current={routePath.value === "/access" ? "page" : undefined}>
      <span class="visually-hidden">{t("access.signed_in")}</span> {nameOfCaller(who)}
    </a>
  );
}
