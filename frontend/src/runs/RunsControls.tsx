import type { JobSummary } from "../api/jobs";
import type { JobStatus } from "../api/types";
import { whole } from "../parts/format";
import { setQuery } from "../shell/router";
import { t } from "../texts/texts";
import { STATUSES } from "./runs";

interface Props {
  search: string;
  status: JobStatus | undefined;
  hasRestarts: boolean;
  isAsking: boolean;
  summary: JobSummary | null;
}

/** Which runs are listed, and how many there are. */
export function RunsControls({ search, status, hasRestarts, isAsking, summary }: Props) {
  return (
    <div class="controls runs-controls">
      <label>
        <span>{t("runs.search")}</span>
        <input
          type="search"
          value={search}
          placeholder={t("runs.search.hint")}
          onInput={(event) => setQuery({ search: event.currentTarget.value || null })}
        />
      </label>
      <label>
        <span>{t("watch.status")}</span>
        <select value={status ?? ""} onChange={(event) => setQuery({ status: event.currentTarget.value || null })}>
          <option value="">{t("runs.every")}</option>
          {STATUSES.map((each) => (
            <option value={each}>{t(`status.${each}`)}</option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={hasRestarts}
          onChange={(event) => setQuery({ restarts: event.currentTarget.checked ? "all" : null })}
        />
        <span>{t("runs.restarts")}</span>
      </label>
      <span class="small quiet num" role="status" aria-busy={isAsking}>
        {summary && t("runs.count", { count: whole(summary.total) })}
      </span>
    </div>
  );
}
