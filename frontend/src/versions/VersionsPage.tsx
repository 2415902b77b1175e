import { may } from "../api/caller";
import { moveAlias, PRODUCTION, rollBack } from "../api/versions";
import { ConfirmButton } from "../parts/ConfirmButton";
import { ProblemNote } from "../parts/ProblemNote";
import { NetworkTabs } from "../shell/NetworkTabs";
import type { PageProps } from "../shell/router";
import "../texts/diff";
import "../texts/train";
import "../texts/versions";
import "../styles/versions.css";
import { t } from "../texts/texts";
import { DiffForm } from "./DiffForm";
import { LiveCard } from "./LiveCard";
import { Moves } from "./Moves";
import { before, seen } from "./moves";
import { PublishForm } from "./PublishForm";
import { isRandom, useVersions } from "./useVersions";
import { VersionTable } from "./VersionTable";

/** What a network answers from, what it answered from before, and what else it could. */
export function VersionsPage({ params, query }: PageProps) {
  const name = params.network ?? "";
  const { value, problem, again } = useVersions(name);
  return (
    <>
      <NetworkTabs network={name} here="versions" />
      <h1 class="visually-hidden">{`${name}: ${t("versions.title")}`}</h1>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {!value && !problem && <p class="quiet">{t("loading")}</p>}
      {value && (
        <div class="stack-wide">
          <section class="stack">
            <h2>{t("versions.live")}</h2>
            <LiveCard live={value.live} isRandom={isRandom(value.network, value.live)} />
            {may("manage") && before(value.moves) !== null && (
              <div class="row">
                <ConfirmButton
                  text={t("versions.back")}
                  sure={t("versions.back.sure", { version: before(value.moves) ?? "" })}
                  act={() => rollBack(name, PRODUCTION, seen(value.moves)).then(again)}
                />
              </div>
            )}
          </section>
          <section class="stack">
            <h2>{t("versions.all")}</h2>
            {value.versions.length === 0 ? (
              <p class="quiet">{t("versions.none")}</p>
            ) : (
              <VersionTable
                versions={value.versions}
                live={value.live}
                makeLive={(version) => moveAlias(name, PRODUCTION, version, seen(value.moves)).then(again)}
              />
            )}
          </section>
          <section class="stack">
            <h2>{t("diff.title")}</h2>
            <DiffForm network={name} versions={value.versions} snapshots={value.snapshots} query={query} />
          </section>
          {may("manage") && (
            <section class="stack">
              <h2>{t("versions.publish")}</h2>
              <PublishForm network={name} snapshots={value.snapshots} onPublished={again} />
            </section>
          )}
          {value.moves.length > 0 && (
            <section class="stack">
              <h2>{t("versions.moves")}</h2>
              <Moves moves={value.moves} />
            </section>
          )}
        </div>
      )}
    </>
  );
}
