import { useRef } from "preact/hooks";
import { may } from "../api/caller";
import { moveAlias, PRODUCTION, rollBack } from "../api/versions";
import { ConfirmButton } from "../parts/ConfirmButton";
import { ProblemNote } from "../parts/ProblemNote";
import { NetworkTabs } from "../shell/NetworkTabs";
import { type PageProps, setQuery } from "../shell/router";
import "../texts/diff";
import "../texts/downloads";
import "../texts/train";
import "../texts/versions";
import "../styles/versions.css";
import { t } from "../texts/texts";
import { DiffForm } from "./DiffForm";
import { DownloadForm } from "./DownloadForm";
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
  const downloads = useRef<HTMLElement>(null);
  const show = (weights: string) => {
    setQuery({ download: weights });
    downloads.current?.scrollIntoView();
    downloads.current?.querySelector("select")?.focus({ preventScroll: true });
  };
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
            <p>
              <button type="button" class="button-plain" onClick={() => show("live")}>
                {t("downloads.live")}
              </button>
            </p>
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
                download={(version) => show(String(version))}
                makeLive={(version) => moveAlias(name, PRODUCTION, version, seen(value.moves)).then(again)}
              />
            )}
          </section>
          <section class="stack" id="downloads" ref={downloads}>
            <h2>{t("downloads.title")}</h2>
            <DownloadForm
              network={value.network}
              versions={value.versions}
              snapshots={value.snapshots}
              weights={query.download ?? "live"}
              format={query.format}
            />
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
