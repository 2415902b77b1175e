/** The weights that the service draws for a spec: the same as those that the network will begin with, by its seed. */
import { useRef } from "preact/hooks";
import { may } from "../api/caller";
import { explainSpec } from "../api/networks";
import { Problem } from "../api/problem";
import type { DryRun } from "../api/types";
import { nameOf, optionsOf } from "../forms/named";
import type { LayerWeights } from "../inside/model";
import { useSettled } from "../parts/useSettled";
import type { LayerSpec, Spec } from "./spec";

const PAUSE_MS = 50;
const MOST_PARAMETERS = 5000;
/** So small that a step changes nothing: what is after it is what was before it. */
const NO_STEP = { type: "sgd", learning_rate: 1e-300 };
/** What a layer adds to its step, or does to its weights after it. */
const STEPS = ["l1", "l2", "max_norm"];

/**
 * Null while they are not known; `fits` is the service's answer to this very spec, if it takes it. Of a spec that differs
 * in its name alone, they are known already.
 */
export function useInitial(spec: Spec, fits: DryRun | null): readonly LayerWeights[] | null {
  const nameless = JSON.stringify({ ...spec, name: null });
  const drawable = useRef<{ nameless: string; body: Record<string, unknown> | null } | null>(null);
  if (fits) drawable.current = { nameless, body: fits.parameter_count <= MOST_PARAMETERS ? bodyOf(spec, fits) : null };
  const body = may("predict") && drawable.current?.nameless === nameless ? drawable.current.body : null;
  const text = JSON.stringify(body);
  const { answer } = useSettled(
    body && [text],
    async (signal) => ({ text, layers: body && (await drawn(body, signal)) }),
    PAUSE_MS,
  );
  return answer?.text === text ? answer.layers : null;
}

/** The draw depends on the layers, the seed and the precision, and on nothing else. */
function bodyOf(spec: Spec, { shapes }: DryRun): Record<string, unknown> | null {
  if (spec.layers.some((layer) => ["embedding", "residual"].includes(nameOf(layer) ?? ""))) return null;
  const inputs = shapes[0]!.inputs;
  const { seed, dtype } = spec;
  return {
    network: {
      name: "drawn",
      inputs,
      ...(seed !== undefined && { seed }),
      ...(dtype !== undefined && { dtype }),
      loss: "mean_squared_error",
      layers: spec.layers.map(withoutSteps),
    },
    inputs: [Array<number>(inputs).fill(0)],
    targets: [Array<number>(shapes.at(-1)!.outputs).fill(0)],
    optimizer: NO_STEP,
  };
}

function withoutSteps(layer: LayerSpec): LayerSpec {
  if (typeof layer === "string") return layer;
  const kept = Object.entries(optionsOf(layer)).filter(([name]) => !STEPS.includes(name));
  return { type: nameOf(layer), ...Object.fromEntries(kept) };
}

/** Null where they cannot be had: the picture is then drawn without them. */
async function drawn(body: unknown, signal: AbortSignal): Promise<readonly LayerWeights[] | null> {
  try {
    return (await explainSpec(body, signal)).after as unknown as LayerWeights[];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return null;
  }
}
