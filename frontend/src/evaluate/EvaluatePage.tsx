import { useState } from "preact/hooks";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { NetworkTabs } from "../shell/NetworkTabs";
import { type PageProps, setQuery, to } from "../shell/router";
import "../styles/evaluate.css";
import "../texts/evaluate";
import "../texts/fields";
import { t } from "../texts/texts";
import { JobFindings } from "../watch/JobFindings";
import { EvaluateForm } from "./EvaluateForm";
import { Reliability } from "./Reliability";
import { WeightsChoice } from "./WeightsChoice";
import { candidatesOf, jobOf } from "./weights";

/** How good weights are, on rows that their training has held out unless others are chosen. */
export function EvaluatePage({ params, query }: PageProps) {
  const name = params.network ?? "";
  const { value, problem, again } = useLoaded(`evaluate ${name}`, (signal) => candidatesOf(name, signal));
  const [weights, setWeights] = useState(query.weights ?? "live");
  const choose = (chosen: string) => {
    setWeights(chosen);
    setQuery({ weights: chosen === "live" ? null : chosen });
  };
  return (
    <>
      <NetworkTabs network={name} here="evaluate" />
      {problem && <ProblemNote problem={problem} retry={again} />}
      {!value && !problem && <p class="quiet">{t("loading")}</p>}
      {value && (
        <div class="stack-wide">
          <section class="stack">
            <h1>{t("evaluate.question")}</h1>
            <WeightsChoice candidates={value} chosen={weights} choose={choose} />
            {weights.startsWith("job_") && (
              <p class="small">
                <a href={to("/jobs", weights)}>{t("predict.snapshot.job")}</a>
              </p>
            )}
            {jobOf(value, weights) && <JobFindings job={jobOf(value, weights) ?? ""} />}
          </section>
          <EvaluateForm key={weights} network={value.network} weights={weights} />
          <Reliability network={name} weights={weights} />
        </div>
      )}
    </>
  );
}
