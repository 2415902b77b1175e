import { allKeys, signOut } from "../api/access";
import { below } from "../api/base";
import { caller, may } from "../api/caller";
import type { Caller } from "../api/types";
import { Code } from "../parts/Code";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { t } from "../texts/texts";
import { Keys } from "./Keys";
import { Sessions } from "./Sessions";
import { nameOfCaller, namesOf } from "./who";

/** Who is signed in and what they may do; for an admin, keys and sessions. */
export function AccessPage() {
  const who = caller.value;
  if (!who) return null;
  if (!who.needs_key) return <Open />;
  return (
    <div class="stack-wide">
      <Own who={who} />
      {may("admin") && <Managed />}
    </div>
  );
}

/** The first key is made where the service runs: made here, it would lock this page. */
function Open() {
  return (
    <section class="stack">
      <h1>{t("access.title")}</h1>
      <p>{t("access.open")}</p>
      <Code label={t("access.open.command")}>./run keys create --name me --scopes admin</Code>
    </section>
  );
}

function Own({ who }: { who: Caller }) {
  return (
    <section class="stack">
      <div class="row row-between">
        <h1>{t("access.title")}</h1>
        {who.session && (
          <button type="button" onClick={() => void leave()}>
            {t("access.sign_out")}
          </button>
        )}
      </div>
      <dl class="facts">
        <dt>{t("access.signed_in")}</dt>
        <dd>{nameOfCaller(who)}</dd>
        <dt>{t("access.may")}</dt>
        <dd>{(may("admin") ? (["admin"] as const) : who.scopes).map((scope) => t(`scope.${scope}`)).join("; ")}</dd>
        <dt>{t("access.names")}</dt>
        <dd>{namesOf(who.networks)}</dd>
      </dl>
    </section>
  );
}

function Managed() {
  const { value, problem, again } = useLoaded("keys", allKeys);
  return (
    <>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {value && <Keys keys={value} onChange={again} />}
      {value && <Sessions keys={value} />}
    </>
  );
}

/** Loading again forgets everything that the page still holds. */
async function leave(): Promise<void> {
  await signOut();
  location.replace(below("/"));
}
