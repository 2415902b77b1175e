import { isOver } from "../api/jobs";
import type { JobStatus } from "../api/types";
import { JobVerbs } from "../network/JobVerbs";
import { mayOpen } from "../shell/pages";
import { to, withParams } from "../shell/router";
import { t } from "../texts/texts";

/** What a job may still be told; and, once it is over, where to go on from it. */
export function JobButtons({ job, network, status }: { job: string; network: string; status: JobStatus }) {
  return (
    <>
      <JobVerbs job={job} status={status} />
      <a class="button" href={withParams(to("/networks", network, "inside"), { job })}>
        {t("network.inside")}
      </a>
      {isOver(status) && mayOpen(to("/networks", network, "evaluate")) && (
        <a class="button" href={withParams(to("/networks", network, "evaluate"), { weights: job })}>
          {t("network.evaluate")}
        </a>
      )}
      {isOver(status) && mayOpen(to("/networks", network, "train")) && (
        <a class="button" href={withParams(to("/networks", network, "train"), { job })}>
          {t("overview.again")}
        </a>
      )}
    </>
  );
}
