import { useState } from "preact/hooks";
import type { Description } from "../api/openapi";
import type { Problem } from "../api/problem";
import type { DryRun } from "../api/types";
import { optionsOf } from "../forms/named";
import { NetworkDrawing } from "../inside/NetworkDrawing";
import { outputNames } from "../parts/classes";
import { whole } from "../parts/format";
import "../styles/drawing.css";
import { t } from "../texts/texts";
import { Controls } from "./Controls";
import { play, spec } from "./draft";
import { OneUnit } from "./OneUnit";
import type { Sketch } from "./sketch";

interface Props {
  description: Description;
  problem: Problem | null;
  /** The service's answer to this very spec. */
  fits: DryRun | null;
  sketch: Sketch;
  /** Whether the weights are those that the network will begin with. */
  isKnown: boolean;
}

/** The network as it is being built, from the first keystroke, and what changes it in the picture itself. */
export function BuildDrawing({ description, problem, fits, sketch, isKnown }: Props) {
  const [chosen, choose] = useState<{ stage: number; unit: number; from: number | null } | null>(null);
  const { inputs, labels } = spec.value;
  const { stages } = sketch;
  const names = Array.isArray(inputs) ? inputs.map((each) => (typeof each === "string" ? each : "")) : [];
  const outputs = stages.at(-1)!.units;
  const isChosen = chosen !== null && chosen.stage < stages.length && chosen.unit < stages[chosen.stage]!.units;
  return (
    <section class="stack build-drawing">
      <div class="row row-between">
        <h2>{t("build.drawing")}</h2>
        <span class="colour-key">
          {t("inside.negative")} <i /> {t("inside.positive")}
        </span>
      </div>
      <NetworkDrawing
        stages={stages}
        values={[]}
        fills={[]}
        names={names}
        outputNames={outputNames(outputs, Array.isArray(labels) ? (labels as string[]) : null)}
        label={t("build.drawing.label")}
        chosen={chosen}
        onChoose={(unit) => choose({ ...unit, from: null })}
        onEdge={choose}
        controls={(places) => <Controls stages={stages} places={places} isFixed={play.value !== null} />}
      />
      <p class="small quiet" role="status">
        {[stages[0]!.units, ...stages.slice(1).map(({ units, caption }) => `${units} ${caption}`)].join(" → ")}
        {fits && ` · ${t("build.drawing.parameters", { n: whole(fits.parameter_count) })}`}
      </p>
      <p class="small quiet">
        {t(isKnown ? "build.drawing.seed" : "build.drawing.unknown", { seed: Number(spec.value.seed ?? 0) })}{" "}
        {t("build.drawing.help")}
      </p>
      {isChosen && (
        <OneUnit
          {...{ description, problem, stages, names, chosen }}
          options={optionsOf(spec.value.layers[stages[chosen.stage]!.layer ?? -1])}
          onClose={() => choose(null)}
        />
      )}
    </section>
  );
}
