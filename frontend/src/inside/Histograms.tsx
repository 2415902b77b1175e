import { may } from "../api/caller";
import { explainSpec } from "../api/networks";
import type { Network, Weights } from "../api/types";
import { short, whole } from "../parts/format";
import { Still } from "../parts/Still";
import { useSettled } from "../parts/useSettled";
import { after, useThrottled } from "../parts/useThrottled";
import { language } from "../texts/language";
import { t } from "../texts/texts";
import { histogramOf } from "./histogram";
import { type LayerWeights, tensorsOf } from "./model";
import type { NetworkRow } from "./useRows";

/** As many rows as the service explains at a time, and networks no larger. */
const BATCH = 32;
const MOST_PARAMETERS = 100_000;
const SETTLE_MS = 250;
/** More than `SETTLE_MS`, so that gradients are asked for also while weights move. */
const LOOK_AGAIN = after(800);

interface Props {
  network: Network;
  weights: Weights;
  rows: readonly NetworkRow[];
}

/** How large the weights of each layer are, and their gradients over a batch of the rows. */
export function Histograms({ network, weights: newest, rows }: Props) {
  const weights = useThrottled(newest, LOOK_AGAIN);
  const gradients = useGradients(network, weights, rows);
  return (
    <Still on={[weights, gradients, language.value]}>
      {() => <Layers layers={tensorsOf(weights)} gradients={gradients} />}
    </Still>
  );
}

type Gradients = Readonly<Record<string, LayerWeights>>;

function Layers({ layers, gradients }: { layers: readonly LayerWeights[]; gradients: Gradients | null }) {
  return (
    <section class="stack">
      <h2>{t("inside.histograms")}</h2>
      <div class="histograms">
        {layers
          .filter((layer) => numbers(layer).length > 0)
          .map((layer) => (
            <div class="stack-tight">
              <h3 class="small mono">{layer.name}</h3>
              <Bars title={t("inside.weights")} values={numbers(layer)} kind="weights" />
              {gradients?.[layer.name] && (
                <Bars title={t("inside.gradients")} values={numbers(gradients[layer.name]!)} kind="gradients" />
              )}
            </div>
          ))}
      </div>
    </section>
  );
}

function numbers(layer: Record<string, unknown>): number[] {
  return Object.entries(layer).flatMap(([key, value]) =>
    Array.isArray(value) && key !== "mean" && key !== "variance"
      ? (value.flat() as (number | null)[]).map((each) => each ?? NaN)
      : [],
  );
}

function useGradients(network: Network, weights: Weights, rows: readonly NetworkRow[]): Gradients | null {
  const isAsked = may("predict") && rows.length > 0 && network.parameter_count <= MOST_PARAMETERS;
  const { answer } = useSettled(
    isAsked ? [network.id, weights, rows] : null,
    (signal) => gradientsOf(network, weights, rows, signal),
    SETTLE_MS,
  );
  return answer;
}

async function gradientsOf(
  { name, inputs, layers, loss, dtype }: Network,
  weights: Weights,
  rows: readonly NetworkRow[],
  signal: AbortSignal,
) {
  const every = Math.max(1, Math.floor(rows.length / BATCH));
  const batch = rows.filter((_, index) => index % every === 0).slice(0, BATCH);
  const body = {
    network: { name, inputs, layers, loss, dtype },
    layers: tensorsOf(weights),
    inputs: batch.map((row) => row.inputs),
    targets: batch.map((row) => row.targets),
  };
  const answer = await explainSpec(body, signal);
  return Object.fromEntries(
    (answer.layers as unknown as { name: string; gradients: LayerWeights }[]).map((layer) => [
      layer.name,
      layer.gradients,
    ]),
  );
}

const WIDTH = 240;
const HEIGHT = 56;

function Bars({ title, values, kind }: { title: string; values: readonly number[]; kind: "weights" | "gradients" }) {
  const { low, high, counts, nonfinite } = histogramOf(values);
  const most = Math.max(1, ...counts);
  const width = WIDTH / (counts.length || 1);
  const zero = high > low ? ((0 - low) / (high - low)) * WIDTH : -1;
  const label = t("inside.histogram.says", {
    title,
    n: whole(values.length),
    low: short(low, 3),
    high: short(high, 3),
  });
  return (
    <figure class={`bars bars-${kind}`}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
        {counts.map((count, index) => (
          <rect
            x={index * width + 0.5}
            width={width - 1}
            y={HEIGHT - (count / most) * (HEIGHT - 4)}
            height={(count / most) * (HEIGHT - 4)}
          >
            <title>{`${short(low + (index * (high - low)) / counts.length, 3)} … : ${count}`}</title>
          </rect>
        ))}
        {zero >= 0 && zero <= WIDTH && <line x1={zero} x2={zero} y1="0" y2={HEIGHT} />}
      </svg>
      <figcaption class="small num">
        <span>{short(low, 3)}</span>
        <span class="quiet">{nonfinite > 0 ? t("inside.nonfinite", { n: nonfinite }) : title}</span>
        <span>{short(high, 3)}</span>
      </figcaption>
    </figure>
  );
}
