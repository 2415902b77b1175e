import type { Description } from "../api/openapi";
import type { Problem } from "../api/problem";
import { UnitPanel } from "../inside/UnitPanel";
import { t } from "../texts/texts";
import { ActivationPicker } from "./ActivationPicker";
import { spec, write } from "./draft";
import { withActivation, withDrawn, withOwnBias, withOwnWeight } from "./edits";
import type { Drawn } from "./sketch";

interface Props {
  description: Description;
  problem: Problem | null;
  stages: readonly Drawn[];
  names: readonly string[];
  chosen: { stage: number; unit: number; from: number | null };
  /** Of its layer. */
  options: Record<string, unknown>;
  onClose(): void;
}

/** The unit that was clicked: its numbers, which go into the spec, and the activation of its layer. */
export function OneUnit({ description, problem, stages, names, chosen, options, onClose }: Props) {
  const { layer, weights, biases, isKnown, isFixed, name } = stages[chosen.stage]!;
  const isOurs = layer !== null && isKnown && weights !== null;
  return (
    <UnitPanel
      stages={stages}
      names={names}
      chosen={chosen}
      onClose={onClose}
      onWeight={
        isOurs ? (from, value) => write(withOwnWeight(spec.value, layer, weights, from, chosen.unit, value)) : null
      }
      onBias={isOurs ? (value) => write(withOwnBias(spec.value, layer, biases, chosen.unit, value)) : null}
    >
      {layer !== null && (
        <ActivationPicker
          {...{ description, problem }}
          value={options.activation}
          onValue={(value) => write(withActivation(spec.value, layer, value))}
          pointer={`#/layers/${layer}/activation`}
        />
      )}
      <div class="row">
        <p class="small quiet">{t(isFixed ? "build.drawing.fixed" : "build.drawing.drawn", { layer: name })}</p>
        {isFixed && layer !== null && (
          <button type="button" onClick={() => write(withDrawn(spec.value, layer))}>
            {t("build.weights.draw")}
          </button>
        )}
      </div>
    </UnitPanel>
  );
}
