import { listJobs } from "../api/jobs";
import type { Network } from "../api/types";
import { ago, whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { StatusWord } from "../parts/StatusWord";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import "../texts/score";
import { t } from "../texts/texts";

const MOST = 10;

/** The data sets that a network has predicted lately; nothing where there are none. */
export function PredictionTable({ network }: { network: Network }) {
  const { value } = useLoaded(`predictions ${network.id}`, () =>
    listJobs({ network: network.id, kind: "prediction", limit: MOST }),
  );
  if (!value || value.data.length === 0) return null;
  return (
    <section class="stack">
      <h2>{t("score.jobs")}</h2>
      <Scroll label={t("score.jobs")}>
        <table class="trainings">
          <thead>
            <tr>
              <th scope="col">{t("score.job.when")}</th>
              <th scope="col">{t("watch.status")}</th>
              <th scope="col">{t("score.dataset")}</th>
              <th scope="col" class="n">
                {t("evaluate.rows")}
              </th>
              <th scope="col">{t("score.output")}</th>
            </tr>
          </thead>
          <tbody>
            {value.data.map(({ id, status, created_at, rows, options }) => {
              const { dataset, output } = options as { dataset?: { name: string }; output?: { name: string } };
              return (
                <tr key={id}>
                  <th scope="row">
                    <a href={to("/jobs", id)}>{ago(created_at)}</a>
                  </th>
                  <td>
                    <StatusWord status={status} running="score.running" />
                  </td>
                  <td>{dataset?.name}</td>
                  <td class="n">{whole(rows)}</td>
                  <td>
                    {status === "succeeded" && output && <a href={to("/datasets", output.name)}>{output.name}</a>}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
