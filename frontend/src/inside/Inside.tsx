import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { may } from "../api/caller";
import { path, withQuery } from "../api/request";
import { speaksNames } from "../api/table";
import type { Network, Weights } from "../api/types";
import { classColour, outputNames } from "../parts/classes";
import { Still } from "../parts/Still";
import { after, useThrottled } from "../parts/useThrottled";
import { withParams } from "../shell/router";
import { language } from "../texts/language";
import { t } from "../texts/texts";
import { fillsOf, inputSizes } from "./fills";
import { forward, rowOf, tableOf } from "./forward";
import { HeatMaps } from "./HeatMaps";
import { LookedFor, sideOf } from "./LookedFor";
import { placed, specsOf, tensorsOf } from "./model";
import { NetworkDrawing } from "./NetworkDrawing";
import { canSet, OwnWeights } from "./OwnWeights";
import { MOST_UNITS } from "./places";
import { isPlane } from "./playground";
import { RowPicker } from "./RowPicker";
import { Surface } from "./Surface";
import { type Scale, shareOf } from "./scale";
import { stagesOf } from "./stages";
import { UnitPanel } from "./UnitPanel";
import { useEdits } from "./useEdits";
import type { NetworkRow } from "./useRows";
import { WeightsTable } from "./WeightsTable";

/** Numbers that move faster cannot be read. */
const SAY_AGAIN = after(250);

interface Props {
  network: Network;
  weights: Weights;
  rows: readonly NetworkRow[];
  names: readonly string[];
  /** Whether the weights change many times a second. */
  isMoving: boolean;
  /** Where one member of an ensemble is shown: what chooses another one. */
  members: ComponentChildren;
}

/** What one set of weights makes of a row, and of every point of a plane. */
export function Inside({ network, weights: given, rows, names, isMoving, members }: Props) {
  const [own, setOwn] = useState<readonly number[] | null>(null);
  const edits = useEdits(given);
  const { weights, chosen } = edits;
  const maySet = canSet(network);
  const origin = useMemo(() => Array<number>(network.inputs).fill(0), [network]);
  const row = own ?? rows[0]?.inputs ?? origin;
  const layers = useMemo(() => placed(specsOf(network), tensorsOf(weights)), [network, weights]);
  const stages = useMemo(() => stagesOf(network.inputs, layers), [network, layers]);
  const values = useMemo(() => {
    const seen = forward(layers, tableOf([row]));
    return stages.map(({ outName }, index) =>
      outName === "" ? (index === 0 ? row : null) : rowOf(seen.get(outName)!, 0),
    );
  }, [layers, stages, row]);
  const said = useThrottled(values, SAY_AGAIN, isMoving);
  const isBig = stages.some(({ units }) => units > MOST_UNITS);
  const side = sideOf(network.inputs);
  const outNames = useMemo(() => outputNames(network.outputs, network.labels), [network]);
  const sizes = useMemo(() => inputSizes(rows), [rows]);
  return (
    <>
      <section class="stack room-drawing">
        <div class="row row-between">
          <h2>{t(isBig ? "inside.drawing.big" : "inside.drawing")}</h2>
          <span class="colour-key">
            {t("inside.negative")} <i /> {t("inside.positive")}
          </span>
        </div>
        <Still on={[rows, row, names, network, language.value]}>
          {() => <RowPicker rows={rows} row={row} names={names} labels={network.labels} onRow={setOwn} />}
        </Still>
        {speaksNames(network) && <p class="small quiet">{t("inside.row.prepared")}</p>}
        {members}
        {isBig ? (
          <HeatMaps stages={stages} names={names} />
        ) : (
          <NetworkDrawing
            stages={stages}
            values={said}
            names={names}
            outputNames={outNames}
            fills={fillsOf(stages, values, sizes)}
            label={t("inside.drawing.label")}
            chosen={chosen}
            onChoose={(unit) => edits.choose({ ...unit, from: null })}
            onEdge={edits.choose}
          />
        )}
        {isBig && <Outputs values={values.at(-1) ?? []} names={outNames} scale={stages.at(-1)!.scale} />}
        {!isBig && chosen && (
          <UnitPanel
            stages={stages}
            names={names}
            chosen={chosen}
            onWeight={maySet ? (from, value) => edits.setWeight(stages[chosen.stage]!, chosen.unit, value, from) : null}
            onBias={maySet ? (value) => edits.setWeight(stages[chosen.stage]!, chosen.unit, value) : null}
            onClose={() => edits.choose(null)}
          >
            <p class="small">
              {t("inside.activation_is", { activation: stages[chosen.stage]!.caption })}{" "}
              {may("train") && <a href={withParams("#/build", { from: network.name })}>{t("inside.other_network")}</a>}
            </p>
          </UnitPanel>
        )}
        <OwnWeights network={network} edits={edits} />
        <WeightsTable stages={stages} />
        {weights.snapshot && !edits.set && <WeightsLinks network={network.name} snapshot={weights.snapshot} />}
      </section>
      {isPlane(network) && (
        <Surface network={network} layers={layers} stages={stages} rows={rows} isMoving={isMoving} />
      )}
      {side !== null && stages[1]?.weights && <LookedFor stage={stages[1]} side={side} row={row} />}
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
