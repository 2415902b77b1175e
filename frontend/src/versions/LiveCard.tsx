import type { Live } from "../api/types";
import { ago, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { to } from "../shell/router";
import { type TextKey, t } from "../texts/texts";
import { JobFindings } from "../watch/JobFindings";

/** What a network answers from, since when, why, and how good it was. */
export function LiveCard({ live, isRandom }: { live: Live; isRandom: boolean }) {
  const { snapshot } = live;
  const name =
    live.version === null
      ? t("versions.live.unpublished", { epoch: whole(snapshot.epoch) })
      : t("weights.version", { version: live.version });
  return (
    <div class="card stack-tight">
      <p>
        <strong>{name}</strong> <span class="tag tag-best">{t("versions.tag")}</span>
      </p>
      <p class="quiet small">{t("versions.live.help")}</p>
      {isRandom && <p class="note note-warn">{t("versions.untrained")}</p>}
      <dl class="facts">
        <dt>{t("versions.since")}</dt>
        <dd title={live.since}>{ago(live.since)}</dd>
        {live.moved_by && (
          <>
            <dt>{t("versions.moved_by")}</dt>
            <dd>{live.moved_by}</dd>
          </>
        )}
        <dt>{t("versions.why")}</dt>
        <dd>
          {reasonOf(live)} {snapshot.job && <a href={to("/jobs", snapshot.job)}>{t("predict.snapshot.job")}</a>}
        </dd>
        {snapshot.val_loss !== null && (
          <>
            <dt>{t("versions.val_loss")}</dt>
            <dd>
              <Num value={snapshot.val_loss} />
            </dd>
          </>
        )}
        {Object.entries(snapshot.metrics).map(([metric, value]) => (
          <>
            <dt>{metric}</dt>
            <dd>
              <Num value={value} />
            </dd>
          </>
        ))}
        {live.note && (
          <>
            <dt>{t("versions.note")}</dt>
            <dd>{live.note}</dd>
          </>
        )}
      </dl>
      {snapshot.job && <JobFindings job={snapshot.job} />}
    </div>
  );
}

const REASONS: Partial<Record<Live["chosen_by"], TextKey>> = {
  job: "versions.by.job",
  import: "versions.by.import",
  initial: "versions.by.initial",
};

function reasonOf({ chosen_by, alias }: Live): string {
  const reason = REASONS[chosen_by];
  return reason ? t(reason) : t("versions.by.alias", { alias: alias ?? "" });
}
