import type { Origin as Origins } from "../api/datasets";
import { whole } from "../parts/format";
import { to } from "../shell/router";
import { t } from "../texts/texts";

/** Where predictions came from, and what was assumed for them. */
export function Origin({ origin: { job, dataset, ignored = [], imputed = {}, unseen = {} } }: { origin: Origins }) {
  return (
    <div class="stack-tight small quiet">
      <p>
        {t("datasets.origin")} {job && <a href={to("/jobs", job)}>{t("datasets.origin.job")}</a>}{" "}
        {dataset && <a href={to("/datasets", dataset)}>{t("datasets.origin.source")}</a>}
      </p>
      {Object.keys(imputed).length > 0 && <p>{t("datasets.origin.imputed", { columns: counted(imputed) })}</p>}
      {Object.keys(unseen).length > 0 && <p>{t("datasets.origin.unseen", { columns: counted(unseen) })}</p>}
      {ignored.length > 0 && <p>{t("datasets.origin.ignored", { columns: ignored.join(", ") })}</p>}
    </div>
  );
}

const counted = (columns: Record<string, number>): string =>
  Object.entries(columns)
    .map(([name, count]) => `${name} (${whole(count)})`)
    .join(", ");
