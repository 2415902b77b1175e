import type { Places } from "../inside/places";
import { SignButton } from "../parts/SignButton";
import { t } from "../texts/texts";
import { spec, write } from "./draft";
import { withInputs, withLayer, withoutLayer, withUnits } from "./edits";
import { type Drawn, inputsOf } from "./sketch";
import type { Spec } from "./spec";

interface Props {
  stages: readonly Drawn[];
  places: Places;
  /** Whether the inputs are chosen elsewhere. */
  isFixed: boolean;
}

/** Below the name of a layer, and below that. */
const UNITS_Y = 54;
const LAYERS_Y = 84;
const BESIDE = 26;

/** What makes layers and inputs larger and smaller, and adds and removes layers, in the drawing. */
export function Controls({ stages, places, isFixed }: Props) {
  const inputs = inputsOf(spec.value);
  const set = (next: Spec) => write(next);
  const dense = stages.filter(({ layer }) => layer !== null).length;
  const end = spec.value.layers.length;
  return (
    <>
      {inputs !== null && !isFixed && (
        <Count
          x={places.x(0)}
          name={t("inside.inputs")}
          count={inputs}
          onCount={(n) => set(withInputs(spec.value, n))}
        />
      )}
      {stages.map(({ name, units, layer }, at) => {
        if (layer === null) return null;
        const x = places.x(at);
        return (
          <g key={name}>
            <Count x={x} name={name} count={units} onCount={(n) => set(withUnits(spec.value, layer, n))} />
            <SignButton
              x={x}
              y={LAYERS_Y}
              sign="×"
              label={t("build.drawing.remove", { layer: name })}
              isDisabled={dense <= 1}
              onPress={() => set(withoutLayer(spec.value, layer))}
            />
            <SignButton
              x={(places.x(at - 1) + x) / 2}
              y={LAYERS_Y}
              sign="+"
              label={t("build.drawing.insert", { layer: name })}
              onPress={() => set(withLayer(spec.value, layer))}
            />
          </g>
        );
      })}
      {dense === 0 && (
        <SignButton
          x={places.x(0) + BESIDE * 2}
          y={LAYERS_Y}
          sign="+"
          label={t("build.drawing.first")}
          onPress={() => set(withLayer(spec.value, end))}
        />
      )}
    </>
  );
}

interface CountProps {
  x: number;
  name: string;
  count: number;
  onCount(count: number): void;
}

/** − and + of so many units. */
function Count({ x, name, count, onCount }: CountProps) {
  return (
    <>
      <SignButton
        x={x - BESIDE}
        y={UNITS_Y}
        sign="−"
        label={t("build.drawing.less", { layer: name, n: count })}
        isDisabled={count <= 1}
        onPress={() => onCount(count - 1)}
      />
      <text class="drawing-count" x={x} y={UNITS_Y + 4}>
        {count}
      </text>
      <SignButton
        x={x + BESIDE}
        y={UNITS_Y}
        sign="+"
        label={t("build.drawing.more", { layer: name, n: count })}
        onPress={() => onCount(count + 1)}
      />
    </>
  );
}
