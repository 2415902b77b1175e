import { useMemo, useState } from "preact/hooks";
import { speaksNames } from "../api/table";
import type { Network, Weights } from "../api/types";
import { t } from "../texts/texts";
import { forward, rowOf, tableOf } from "./forward";
import { HeatMaps } from "./HeatMaps";
import { Histograms } from "./Histograms";
import { LookedFor, sideOf } from "./LookedFor";
import { placed, specsOf, tensorsOf } from "./model";
import { MOST_UNITS, NetworkDrawing } from "./NetworkDrawing";
import { RowPicker } from "./RowPicker";
import { Surface } from "./Surface";
import { stagesOf } from "./stages";
import type { NetworkRow } from "./useRows";
import { WeightsTable } from "./WeightsTable";

/** Everything there is to see of one set of weights. */
export function Inside({
  network,
  weights,
  rows,
  names,
}: {
  network: Network;
  weights: Weights;
  rows: readonly NetworkRow[];
  names: readonly string[];
}) {
  const [own, setOwn] = useState<readonly number[] | null>(null);
  const row = own ?? rows[0]?.inputs ?? Array<number>(network.inputs).fill(0);
  const layers = useMemo(() => placed(specsOf(network), tensorsOf(weights)), [network, weights]);
  const stages = useMemo(() => stagesOf(network.inputs, layers), [network, layers]);
  const values = useMemo(() => {
    const seen = forward(layers, tableOf([row]));
    return stages.map(({ outName }, index) =>
      outName === "" ? (index === 0 ? row : null) : rowOf(seen.get(outName)!, 0),
    );
  }, [layers, stages, row]);
  const isBig = stages.some(({ units }) => units > MOST_UNITS);
  const hasCodes = layers[0]?.spec.type === "embedding";
  const side = sideOf(network.inputs);
  const outputNames = network.outputs > 1 ? (network.labels ?? []) : [];
  return (
    <>
      <section class="stack">
        <div class="row row-between">
          <h2>{t(isBig ? "inside.drawing.big" : "inside.drawing")}</h2>
          <span class="colour-key">
            {t("inside.negative")} <i /> {t("inside.positive")}
          </span>
        </div>
        <RowPicker rows={rows} row={row} names={names} onRow={setOwn} />
        {speaksNames(network) && <p class="small quiet">{t("inside.row.prepared")}</p>}
        {isBig ? (
          <HeatMaps stages={stages} />
        ) : (
          <NetworkDrawing
            stages={stages}
            values={values}
            names={names}
            outputNames={outputNames}
            label={t("inside.drawing.label")}
          />
        )}
        {isBig && <Outputs values={values.at(-1) ?? []} names={outputNames} />}
        <WeightsTable stages={stages} />
      </section>
      {network.inputs === 2 && !hasCodes && <Surface network={network} layers={layers} stages={stages} rows={rows} />}
      {side !== null && stages[1]?.weights && <LookedFor stage={stages[1]} side={side} row={row} />}
      <Histograms network={network} weights={weights} rows={rows} />
    </>
  );
}

/** What comes out for the chosen row, where the drawing does not show it. */
function Outputs({ values, names }: { values: readonly number[]; names: readonly string[] }) {
  const most = Math.max(...values.map(Math.abs)) || 1;
  return (
    <dl class="outputs">
      {values.map((value, index) => (
        <div>
          <dt>{names[index] ?? index + 1}</dt>
          <dd class="num" title={String(value)}>
            <svg width="120" height="8" aria-hidden="true">
              <rect class="bar-room" width="120" height="8" rx="2" />
              <rect
                class={value < 0 ? "bar-negative" : "bar-positive"}
                width={(120 * Math.abs(value)) / most}
                height="8"
                rx="2"
              />
            </svg>
            {value.toFixed(4)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
