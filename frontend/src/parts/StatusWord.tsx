import type { JobStatus } from "../api/types";
import { type TextKey, t } from "../texts/texts";

/** `running`: what it is called while it runs, if that is no training. */
export function StatusWord({ status, running = "status.running" }: { status: JobStatus; running?: TextKey }) {
  return <span class={`status status-${status}`}>{t(status === "running" ? running : `status.${status}`)}</span>;
}
