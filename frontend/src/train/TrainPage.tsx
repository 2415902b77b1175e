import { useEffect, useState } from "preact/hooks";
import { getJob } from "../api/jobs";
import { getNetwork } from "../api/networks";
import { describe } from "../api/openapi";
import { askedOptions } from "../api/options";
import type { Job } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { NetworkTabs } from "../shell/NetworkTabs";
import type { PageProps } from "../shell/router";
import { STARTERS } from "../starters/starters";
import { t } from "../texts/texts";
import { TrainForm } from "./TrainForm";

/** A training, from the beginning or forked from a snapshot: `?from=snap_1&job=job_1`; `?dataset=` names its rows. */
export function TrainPage({ params, query }: PageProps) {
  const name = params.network ?? "";
  const { value, problem, again } = useLoaded(`train ${name} ${query.job ?? ""}`, async (signal) => {
    const [network, description, job] = await Promise.all([
      getNetwork(name, signal),
      describe(),
      query.job ? getJob(query.job, signal) : null,
    ]);
    return { network, description, job };
  });
  const [begun, setBegun] = useState<Record<string, unknown> | null>(null);
  useEffect(() => {
    if (value) setBegun(optionsToBeginWith(value.network.tags.starter, value.job, query.from));
  }, [value?.network.id, value?.job?.id, query.from]);
  return (
    <>
      <NetworkTabs network={name} here="train" />
      <h1 class="visually-hidden">{t("train.title")}</h1>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {!value && !problem && <p class="quiet">{t("loading")}</p>}
      {value && begun && (
        <div class="stack">
          {value.job && <p class="note">{t("train.fork", { job: value.job.id })}</p>}
          <TrainForm key={`${value.job?.id} ${query.from}`} {...value} begun={begun} dataset={query.dataset} />
        </div>
      )}
    </>
  );
}

/** What was chosen for the job that is forked; what is known to work for an example; else what is usual. */
function optionsToBeginWith(
  starterId: string | undefined,
  forked: Job | null,
  from: string | undefined,
): Record<string, unknown> {
  const starter = STARTERS.find((each) => each.id === starterId);
  const usual = starter?.train ?? { epochs: 200, batch_size: 32, optimizer: { type: "adam", learning_rate: 0.01 } };
  return { ...(forked ? askedOptions(forked) : usual), ...(from && { start_from: from }) };
}
