import { getJob } from "../api/jobs";
import { useLoaded } from "../parts/useLoaded";
import "../texts/watch";
import { Findings } from "./Findings";

/** What is wrong with the training that weights come from, where its weights are used; nothing while all is well. */
export function JobFindings({ job }: { job: string }) {
  const { value } = useLoaded(`findings ${job}`, (signal) => getJob(job, signal));
  const serious = value?.findings?.filter(({ severity }) => severity !== "note") ?? null;
  return <Findings findings={serious} />;
}
