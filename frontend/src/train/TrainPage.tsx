import { useMemo } from "preact/hooks";
import { propose } from "../api/datasets";
import { getJob, listJobs } from "../api/jobs";
import { getNetwork } from "../api/networks";
import { describe } from "../api/openapi";
import { askedOptions, foldsOf, keepsWeights, withoutNulls } from "../api/options";
import { Problem } from "../api/problem";
import { targetColumns } from "../api/table";
import type { Job, Network } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { NetworkTabs } from "../shell/NetworkTabs";
import type { PageProps } from "../shell/router";
import { STARTERS } from "../starters/starters";
import "../texts/train";
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
    return { network, description, job, ...(await usualFor(network, job)) };
  });
  const begun = useMemo(
    () => value && { ...value.begun, ...(query.from && { start_from: query.from }) },
    [value?.network.id, value?.job?.id, query.from],
  );
  return (
    <>
      <NetworkTabs network={name} here="train" />
      <h1 class="visually-hidden">{t("train.title")}</h1>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {!value && !problem && <p class="quiet">{t("loading")}</p>}
      {value && begun && (
        <div class="stack">
          {value.job && <p class="note">{t("train.fork", { job: value.job.id })}</p>}
          {value.from === "last" && <p class="quiet small">{t("train.from.last")}</p>}
          {value.from === "proposal" && <p class="quiet small">{t("train.from.proposal")}</p>}
          <TrainForm
            key={`${value.job?.id} ${query.from}`}
            network={value.network}
            description={value.description}
            begun={begun}
            dataset={query.dataset}
          />
        </div>
      )}
    </>
  );
}

type Options = Record<string, unknown>;

interface Usual {
  begun: Options;
  /** Where the options come from, for the reader. */
  from: "job" | "last" | "proposal" | "usual";
}

const USUAL: Options = { epochs: 200, batch_size: 32, optimizer: { type: "adam", learning_rate: 0.01 } };

/** A cross-validation tries options, and is no training to go on with. */
const MOST_LOOKED_AT = 20;

/** The options of the job that is asked for; what is known to work for an example; those of the last training; the proposal. */
async function usualFor(network: Network, job: Job | null): Promise<Usual> {
  if (job) return { begun: { ...askedOptions(job), ...askedFolds(job) }, from: "job" };
  const starter = STARTERS.find((each) => each.id === network.tags.starter);
  if (starter) return { begun: starter.train, from: "usual" };
  const last = (await listJobs({ network: network.id, limit: MOST_LOOKED_AT })).data.find(keepsWeights);
  if (last) return { begun: askedOptions(last), from: "last" };
  return (await proposedFor(network)) ?? { begun: USUAL, from: "usual" };
}

/** Asked for again where a cross-validation is. */
function askedFolds(job: Job): Options {
  const folds = foldsOf(job);
  return folds ? { folds: withoutNulls(folds) } : {};
}

async function proposedFor(network: Network): Promise<Usual | null> {
  const [target] = targetColumns(network);
  if (!network.tags.dataset || target === undefined) return null;
  try {
    const { network: _, dataset: __, ...begun } = (await propose(network.tags.dataset, target)).train;
    return { begun, from: "proposal" };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return null; // The data set may be gone, or have other columns by now.
  }
}
