import { useMemo, useState } from "preact/hooks";
import { path, withQuery } from "../api/request";
import { speaksNames } from "../api/table";
import type { Network, Weights } from "../api/types";
import { classColour, outputNames } from "../parts/classes";
import { t } from "../texts/texts";
import { fillsOf, inputSizes } from "./fills";
import { forward, rowOf, tableOf } from "./forward";
import { HeatMaps } from "./HeatMaps";
import { Histograms } from "./Histograms";
import { LookedFor, sideOf } from "./LookedFor";
import { placed, specsOf, tensorsOf } from "./model";
import { MOST_UNITS, NetworkDrawing } from "./NetworkDrawing";
import { RowPicker } from "./RowPicker";
import { Surface } from "./Surface";
import { type Scale, shareOf } from "./scale";
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
  const outNames = outputNames(network.outputs, network.labels);
  const sizes = useMemo(() => inputSizes(rows), [rows]);
  return (
    <>
      <section class="stack">
        <div class="row row-between">
          <h2>{t(isBig ? "inside.drawing.big" : "inside.drawing")}</h2>
          <span class="colour-key">
            {t("inside.negative")} <i /> {t("inside.positive")}
          </span>
        </div>
        <RowPicker rows={rows} row={row} names={names} labels={network.labels} onRow={setOwn} />
        {speaksNames(network) && <p class="small quiet">{t("inside.row.prepared")}</p>}
        {isBig ? (
          <HeatMaps stages={stages} names={names} />
        ) : (
          <NetworkDrawing
            stages={stages}
            values={values}
            names={names}
            outputNames={outNames}
            fills={fillsOf(stages, values, sizes)}
            label={t("inside.drawing.label")}
          />
        )}
        {isBig && <Outputs values={values.at(-1) ?? []} names={outNames} scale={stages.at(-1)!.scale} />}
        <WeightsTable stages={stages} />
        <WeightsLinks network={network.name} snapshot={weights.snapshot} />
      </section>
      {network.inputs === 2 && !hasCodes && <Surface network={network} layers={layers} stages={stages} rows={rows} />}
      {side !== null && stages[1]?.weights && <LookedFor stage={stages[1]} side={side} row={row} />}
      <Histograms network={network} weights={weights} rows={rows} />
    </>
  );
}

/** The weights that are shown, to take away. */
function WeightsLinks({ network, snapshot }: { network: string; snapshot: string }) {
  return (
    <p class="row small">
      <span class="quiet">{t("inside.download")}</span>
      {(["safetensors", "json"] as const).map((format) => (
        <a
          href={withQuery(path`/networks/${network}/weights`, { snapshot, format })}
          download={`${network}-${snapshot}.${format}`}
        >
          {format === "json" ? "JSON" : format}
        </a>
      ))}
    </p>
  );
}

interface OutputsProps {
  values: readonly number[];
  names: readonly string[];
  scale: Scale;
}

/** What comes out for the chosen row, where the drawing does not show it. */
function Outputs({ values, names, scale }: OutputsProps) {
  return (
    <dl class="outputs">
      {values.map((value, index) => (
        <div>
          <dt>{names[index] ?? index + 1}</dt>
          <dd class="num" title={String(value)}>
            <svg width="120" height="8" aria-hidden="true">
              <rect class="bar-room" width="120" height="8" rx="2" />
              <rect
                style={{
                  fill: `var(--${scale === "share" ? classColour(index) : value < 0 ? "negative" : "positive"})`,
                }}
                width={120 * Math.min(1, Math.abs(scale === "half" ? value : shareOf(scale, value)))}
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
