import { may } from "../api/caller";
import { listDatasets } from "../api/datasets";
import { listNetworks } from "../api/networks";
import { allSchedules } from "../api/schedules";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import type { PageProps } from "../shell/router";
import "../texts/fields";
import "../texts/schedules";
import { t } from "../texts/texts";
import { ScheduleForm } from "./ScheduleForm";
import { ScheduleTable } from "./ScheduleTable";

const LOOK_AGAIN_MS = 10_000;

/** Which networks are trained when, what came of it, and a form for another one. */
export function SchedulesPage({ query }: PageProps) {
  const { value, problem, again } = useLoaded("schedules", allSchedules, () => LOOK_AGAIN_MS);
  const known = useLoaded(may("train") ? "schedulable" : null, async () => {
    const [networks, datasets] = await Promise.all([listNetworks(), listDatasets()]);
    return { networks: networks.data, datasets: datasets.data };
  });
  return (
    <div class="stack-wide">
      <section class="stack">
        <h1>{t("schedules.title")}</h1>
        <p class="quiet">{t("schedules.lead")}</p>
        {problem && <ProblemNote problem={problem} retry={again} />}
        {!value && !problem && <p class="quiet">{t("loading")}</p>}
        {value?.length === 0 && <p class="quiet">{t("schedules.none")}</p>}
        {value && value.length > 0 && <ScheduleTable schedules={value} onChange={again} />}
      </section>
      {known.value && (
        <section class="stack">
          <h2>{t("schedules.new")}</h2>
          {known.value.networks.length === 0 || known.value.datasets.length === 0 ? (
            <p class="note">{t("schedules.needs")}</p>
          ) : (
            <ScheduleForm {...known.value} network={query.network} onMade={again} />
          )}
        </section>
      )}
    </div>
  );
}
