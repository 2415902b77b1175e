import type { Job } from "../api/types";
import { SignedBars } from "../predict/SignedBars";
import "../texts/predict";
import { t } from "../texts/texts";

/** How much each column mattered in the end, where a training tells it. */
export function Importance({ job }: { job: Job }) {
  const { importance } = job;
  if (!importance) return null;
  return (
    <section class="stack importance">
      <h2>{t("importance.title")}</h2>
      <p class="quiet small">{t("importance.help")}</p>
      <SignedBars bars={importance.map(({ column, mean }) => ({ name: column, value: mean ?? 0 }))} />
    </section>
  );
}
