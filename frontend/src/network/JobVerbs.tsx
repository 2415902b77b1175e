import { useState } from "preact/hooks";
import { may } from "../api/caller";
import { type JobVerb, tellJob, VERBS } from "../api/jobs";
import { Problem } from "../api/problem";
import type { JobStatus } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";

/** What a job may still be told. */
export function JobVerbs({
  job,
  status,
  look,
  verbs = ["pause", "resume", "cancel"],
}: {
  job: string;
  status: JobStatus;
  look?: string;
  /** Those that are offered here. */
  verbs?: readonly JobVerb[];
}) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function tell(verb: JobVerb): Promise<void> {
    setBusy(true);
    try {
      await tellJob(job, verb);
      setProblem(null);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setBusy(false);
  }
  return (
    <>
      {(may("train") ? VERBS[status] : [])
        .filter((verb) => verbs.includes(verb))
        .map((verb) => (
          <button type="button" class={look} disabled={isBusy} onClick={() => void tell(verb)}>
            {t(`verb.${verb}`)}
          </button>
        ))}
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
