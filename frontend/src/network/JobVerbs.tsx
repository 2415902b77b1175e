import { useState } from "preact/hooks";
import { tellJob, VERBS, type JobVerb } from "../api/jobs";
import { Problem } from "../api/problem";
import type { Job } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";

/** What a job may still be told. */
export function JobVerbs({ job }: { job: Job }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const tell = (verb: JobVerb) =>
    tellJob(job.id, verb).then(
      () => setProblem(null),
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
      },
    );
  return (
    <>
      {VERBS[job.status].map((verb) => (
        <button type="button" class="button-plain small" onClick={() => void tell(verb)}>
          {t(`verb.${verb}`)}
        </button>
      ))}
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
