import { may } from "../api/caller";
import { getJob } from "../api/jobs";
import { explainSpec } from "../api/networks";
import type { Job, Network, Weights } from "../api/types";
import type { NetworkRow } from "../inside/useRows";
import { short } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { useAct } from "../parts/useAct";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import { t } from "../texts/texts";

/** Weights that were computed, and are those of no training. */
export interface Tried {
  weights: Weights;
  /** Before the step. */
  loss: number | null;
  rows: number;
}

interface Props {
  network: Network;
  job: Job;
  weights: Weights | null;
  rows: readonly NetworkRow[];
  tried: Tried | null;
  onTried(tried: Tried | null): void;
}

const LOOK_AGAIN_MS = 2000;
/** The service explains no more at a time. */
const MOST_ROWS = 32;

/** Where other jobs hold the slots: which ones, and what can be computed without one. */
export function Waiting({ network, job, weights, rows, tried, onTried }: Props) {
  const { act, problem } = useAct();
  const { value } = useLoaded(
    `waiting ${job.id}`,
    (signal) => getJob(job.id, signal),
    () => LOOK_AGAIN_MS,
  );
  const running = value?.running_jobs ?? [];
  if (running.length === 0) return null;
  const step = (from: Weights) => act(async () => onTried(await stepped(network, job, from, rows)));
  const basis = tried?.weights ?? weights;
  return (
    <div class="note">
      <p>
        {t("live.waiting", { n: running.length })}{" "}
        {running.map((id) => (
          <>
            <a href={to("/jobs", id)}>{id.slice(-6)}</a>{" "}
          </>
        ))}
      </p>
      {rows.length > 0 && may("predict") && (
        <div class="row">
          <button type="button" disabled={!basis} onClick={() => basis && void step(basis)}>
            {t("live.try_step")}
          </button>
          {tried ? (
            <>
              <span class="small" role="status">
                {t("live.tried", { rows: tried.rows, loss: short(tried.loss) })}
              </span>
              <button type="button" class="button-plain" onClick={() => onTried(null)}>
                {t("live.tried.back")}
              </button>
            </>
          ) : (
            <span class="small quiet">{t("live.try_step.help")}</span>
          )}
        </div>
      )}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}

async function stepped(
  { name, inputs, layers, loss, dtype }: Network,
  job: Job,
  from: Weights,
  rows: readonly NetworkRow[],
): Promise<Tried> {
  const batch = rows.filter(({ part }) => part === "training").slice(0, MOST_ROWS);
  const answer = await explainSpec({
    network: { name, inputs, layers, loss, dtype },
    layers: from.layers,
    inputs: batch.map((row) => row.inputs),
    targets: batch.map((row) => row.targets),
    optimizer: (job.options as { training: { optimizer: unknown } }).training.optimizer,
  });
  const weights = { ...from, snapshot: "", layers: answer.after as unknown as Weights["layers"] };
  return { weights, loss: answer.loss, rows: batch.length };
}
