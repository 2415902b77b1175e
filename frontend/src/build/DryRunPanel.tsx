import type { Problem } from "../api/problem";
import type { DryRun } from "../api/types";
import { bytes, whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";

/** What would come of the spec: shapes, parameters, memory and what to look out for; or why nothing would. */
export function DryRunPanel({
  answer,
  problem,
  isAsking,
}: {
  answer: DryRun | null;
  problem: Problem | null;
  isAsking: boolean;
}) {
  return (
    <section class="stack dry-run" aria-busy={isAsking}>
      <h2>{t("build.dry.title")}</h2>
      {problem && <ProblemNote problem={problem} />}
      {answer && (
        <div class={problem ? "stale stack" : "stack"}>
          {!problem && answer.warnings.map((warning) => <p class="note note-warn">{warning}</p>)}
          <dl class="figures">
            <div>
              <dt>{t("build.dry.parameters")}</dt>
              <dd class="num">{whole(answer.parameter_count)}</dd>
            </div>
            {Object.entries(answer.bytes).map(([name, value]) => (
              <div>
                <dt>
                  {t("build.dry.memory", { what: t(`build.dry.${name as "weights" | "training" | "prediction"}`) })}
                </dt>
                <dd class="num" title={`${whole(value)} B`}>
                  {bytes(value)}
                </dd>
              </div>
            ))}
          </dl>
          <div class="scroll">
            <table class="shapes">
              <thead>
                <tr>
                  <th scope="col">{t("build.dry.layer")}</th>
                  <th scope="col" class="n">
                    {t("build.dry.in")}
                  </th>
                  <th scope="col" class="n">
                    {t("build.dry.out")}
                  </th>
                  <th scope="col" class="n">
                    {t("build.dry.parameters")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {answer.shapes.map((shape) => (
                  <tr>
                    <td>{shape.name}</td>
                    <td class="n">{whole(shape.inputs)}</td>
                    <td class="n">{whole(shape.outputs)}</td>
                    <td class="n">{whole(shape.parameters)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
    </section>
  );
}
