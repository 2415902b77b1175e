import type { StreamState } from "../api/follow";
import { t } from "../texts/texts";

/** Whether what is shown is live. */
export function StreamNote({ stream }: { stream: StreamState | null }) {
  if (stream === null || stream === "ended") return null;
  return (
    <span class={`small stream stream-${stream}`} role="status">
      {t(stream === "open" ? "watch.live" : "watch.away")}
    </span>
  );
}
