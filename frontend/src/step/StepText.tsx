/** What happens in a step, in a sentence, and every number of it. */
import { t } from "../texts/texts";
import { Formulas } from "./Formulas";
import type { Line } from "./formula";
import { aLine, deltaLine, gradientLines, updateLines, zLine } from "./lines";
import { lossLine } from "./loss";
import type { Pass } from "./pass";
import type { Step } from "./steps";
import * as symbol from "./symbols";

/** Layers with more units show one at a time. */
const MOST_TOGETHER = 4;
const MOST_LINES = 24;

export function unitsShown(count: number, unit: number): number[] {
  return count <= MOST_TOGETHER ? Array.from({ length: count }, (_, index) => index) : [Math.min(unit, count - 1)];
}

export function StepText({ pass, step, unit }: { pass: Pass; step: Step; unit: number }) {
  return (
    <div class="stack">
      <p class="lead" aria-live="polite">
        {sentence(pass, step)}
      </p>
      {formulas(pass, step, unit)}
    </div>
  );
}

function sentence(pass: Pass, step: Step): string {
  if (step.kind === "forward") return t("step.forward.says", { layer: pass.layers[step.layer - 1]!.name });
  if (step.kind === "backward") {
    return t(step.layer === pass.layers.length ? "step.backward.last.says" : "step.backward.says", {
      layer: pass.layers[step.layer - 1]!.name,
    });
  }
  return t(`step.${step.kind}.says`);
}

function rowLines(pass: Pass): Line[] {
  const given = (name: (index: number) => string) => (result: number, index: number) => ({
    symbol: name(index + 1),
    formula: "",
    numbers: null,
    result,
  });
  return [...pass.inputs.map(given(symbol.x)), ...pass.targets.map(given(symbol.y))].slice(0, MOST_LINES);
}

function formulas(pass: Pass, step: Step, unit: number) {
  if (step.kind === "row") return <Formulas title={t("step.row")} lines={rowLines(pass)} />;
  if (step.kind === "loss") return <Formulas title={t("step.loss")} lines={[lossLine(pass)]} />;
  if (step.kind === "update") {
    return pass.layers.map((layer, index) => (
      <Formulas
        title={t("step.update.layer", { layer: layer.name })}
        lines={unitsShown(layer.z.length, unit).flatMap((each) => updateLines(pass, index + 1, each))}
      />
    ));
  }
  const layer = step.layer;
  return unitsShown(pass.layers[layer - 1]!.z.length, unit).map((each) => (
    <Formulas
      title={t("step.unit", { n: each + 1 })}
      lines={
        step.kind === "forward"
          ? [zLine(pass, layer, each), aLine(pass, layer, each)]
          : [deltaLine(pass, layer, each), ...gradientLines(pass, layer, each)]
      }
    />
  ));
}
