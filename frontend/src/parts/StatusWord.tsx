import type { JobStatus } from "../api/types";
import { t } from "../texts/texts";

export function StatusWord({ status }: { status: JobStatus }) {
  return <span class={`status status-${status}`}>{t(`status.${status}`)}</span>;
}
