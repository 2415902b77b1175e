import type { Finding, Job } from "../api/types";
import { t } from "../texts/texts";

/** What stands out in a training, most severe first, each with what to try. The sentences are the service's own. */
export function Findings({ findings }: { findings: readonly Finding[] | null }) {
  if (!findings?.length) return null;
  return (
    <ul class="findings" aria-label={t("watch.findings")}>
      {findings.map((finding) => (
        <li key={finding.code}>
          <span class={`status severity-${finding.severity}`}>{t(`watch.severity.${finding.severity}`)}</span>
          <div>
            <p lang="en">{finding.sentence}</p>
            {finding.try.length > 0 && (
              <p class="small quiet">
                {t("watch.try")} <span lang="en">{finding.try.join("; ")}</span>
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Of a job that diverged, its error says what to try: that the learning rate is too high would be said twice. */
export const findingsOf = ({ findings, error }: Pick<Job, "findings" | "error">): readonly Finding[] | null =>
  error?.code === "diverged" ? (findings?.filter(({ code }) => code !== "learning_rate_too_high") ?? null) : findings;
