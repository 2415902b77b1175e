import { isOver } from "../api/jobs";
import { keepsWeights } from "../api/options";
import type { Job, JobStatus } from "../api/types";
import { JobVerbs } from "../network/JobVerbs";
import { mayOpen } from "../shell/pages";
import { to, withParams } from "../shell/router";
import { t } from "../texts/texts";

/** What a job may still be told; and, once it is over, where to go on from it. */
export function JobButtons({
  job,
  status,
  inRoom,
}: {
  job: Job;
  status: JobStatus;
  /** Whether it is paused, resumed and looked into elsewhere on the page. */
  inRoom: boolean;
}) {
  const { id, network } = job;
  return (
    <>
      <JobVerbs job={id} status={status} verbs={inRoom ? ["cancel"] : undefined} />
      {!inRoom && (
        <a class="button" href={withParams(to("/networks", network, "inside"), { job: id })}>
          {t("network.inside")}
        </a>
      )}
      {isOver(status) && keepsWeights(job) && mayOpen(to("/networks", network, "evaluate")) && (
        <a class="button" href={withParams(to("/networks", network, "evaluate"), { weights: id })}>
          {t("network.evaluate")}
        </a>
      )}
      {isOver(status) && mayOpen(to("/networks", network, "train")) && (
        <a class="button" href={withParams(to("/networks", network, "train"), { job: id })}>
          {t("overview.again")}
        </a>
      )}
    </>
  );
}
