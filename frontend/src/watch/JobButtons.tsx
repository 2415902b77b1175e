import { useState } from "preact/hooks";
import { isOver, tellJob, VERBS, type JobVerb } from "../api/jobs";
import { Problem } from "../api/problem";
import type { JobStatus } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { to, withParams } from "../shell/router";
import { t } from "../texts/texts";

/** What a job may still be told; and, once it is over, where to go on from it. */
export function JobButtons({ job, network, status }: { job: string; network: string; status: JobStatus }) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const tell = async (verb: JobVerb) => {
    setIsBusy(true);
    try {
      await tellJob(job, verb);
      setProblem(null);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setIsBusy(false);
  };
  return (
    <>
      {VERBS[status].map((verb) => (
        <button type="button" disabled={isBusy} onClick={() => tell(verb)}>
          {t(`watch.${verb}`)}
        </button>
      ))}
      <a class="button" href={withParams(to("/networks", network, "inside"), { job })}>
        {t("network.inside")}
      </a>
      {isOver(status) && (
        <a class="button" href={withParams(to("/networks", network, "train"), { job })}>
          {t("overview.again")}
        </a>
      )}
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
