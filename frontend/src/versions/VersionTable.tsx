import { may } from "../api/caller";
import type { Live, Version } from "../api/types";
import { PRODUCTION } from "../api/versions";
import { ConfirmButton } from "../parts/ConfirmButton";
import { ago, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { to } from "../shell/router";
import { t } from "../texts/texts";

interface Props {
  versions: Version[];
  live: Live;
  makeLive: (version: number) => Promise<unknown>;
  download: (version: number) => void;
}

/** Every version with its figures; one that is not live can be made so. */
export function VersionTable({ versions, live, makeLive, download }: Props) {
  const metrics = [...new Set(versions.flatMap((version) => Object.keys(version.metrics)))];
  return (
    <Scroll label={t("versions.table")}>
      <table class="trainings">
        <thead>
          <tr>
            <th scope="col">{t("versions.version")}</th>
            <th scope="col" class="n">
              {t("versions.epoch")}
            </th>
            <th scope="col" class="n">
              {t("versions.loss")}
            </th>
            <th scope="col" class="n">
              {t("versions.val_loss")}
            </th>
            {metrics.map((metric) => (
              <th scope="col" class="n">
                {metric}
              </th>
            ))}
            <th scope="col">{t("versions.note")}</th>
            <th scope="col">{t("versions.published")}</th>
            <th scope="col">{t("versions.training")}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <tr key={version.version}>
              <th scope="row">
                {version.version}{" "}
                {version.version === live.version && <span class="tag tag-best">{t("versions.tag")}</span>}{" "}
                {version.aliases.map((alias) => (
                  <span class="tag mono">{alias}</span>
                ))}
              </th>
              <td class="n">{whole(version.epoch)}</td>
              <td class="n">
                <Num value={version.loss} />
              </td>
              <td class="n">
                <Num value={version.val_loss} />
              </td>
              {metrics.map((metric) => (
                <td class="n">
                  <Num value={version.metrics[metric] ?? null} />
                </td>
              ))}
              <td>{version.note}</td>
              <td>
                {ago(version.created_at)} {version.created_by && <span class="quiet">({version.created_by})</span>}
              </td>
              <td>{version.job && <a href={to("/jobs", version.job)}>{t("versions.show")}</a>}</td>
              <td>
                <button
                  type="button"
                  class="button-plain small"
                  aria-label={t("downloads.of", named(version))}
                  onClick={() => download(version.version)}
                >
                  {t("download")}
                </button>
                {may("manage") && !isKept(version, live) && (
                  <ConfirmButton
                    text={t(version.version === live.version ? "versions.keep" : "versions.make", named(version))}
                    sure={t("versions.make.sure", named(version))}
                    act={() => makeLive(version.version)}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const named = ({ version }: Version) => ({ version });

/** Whether somebody has decided that it is live: no training changes that. */
const isKept = ({ version }: Version, live: Live): boolean => version === live.version && live.alias === PRODUCTION;
