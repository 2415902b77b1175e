import { type LayerWeights, matrixOf, vectorOf } from "../inside/model";
import { targetName } from "../parts/classes";
import { few } from "../parts/format";
import { t } from "../texts/texts";
import { Functions } from "./Functions";
import { NumberCell } from "./NumberCell";
import type { Setting, Source } from "./source";
import * as symbol from "./symbols";

/** Wider rows and larger layers are not edited by hand. */
const MOST_CELLS = 64;
/** More cells than these are folded away. */
const MOST_OPEN = 12;

interface Props {
  source: Source;
  setting: Setting;
  row: number;
  isChanged: boolean;
  onRow(row: number): void;
  onChange(setting: Setting): void;
  onReset(): void;
  onTake: (() => void) | null;
  onTakeMany: (() => void) | null;
}

/** Everything that can be changed: the row, its target, the learning rate and every weight. */
export function Change({ source, setting, row, isChanged, onRow, onChange, onReset, onTake, onTakeMany }: Props) {
  const dense = setting.layers.filter(({ weights }) => Array.isArray(weights));
  return (
    <div class="change stack">
      <h2>{t("step.change")}</h2>
      {source.rows.length > 1 && (
        <label class="row small">
          <span>{t("step.which_row")}</span>
          <select
            value={row}
            aria-label={t("step.which_row")}
            onChange={(event) => onRow(Number(event.currentTarget.value))}
          >
            {source.rows.map((each, index) => (
              <option
                value={index}
              >{`${index + 1}: ${few(each.inputs)} → ${targetName(each.targets, source.labels)}`}</option>
            ))}
          </select>
        </label>
      )}
      <Inputs source={source} setting={setting} onChange={onChange} />
      <div class="cells">
        {setting.targets.length <= MOST_CELLS &&
          setting.targets.map((value, index) => (
            <Cell
              name={`${t("step.target")} ${symbol.y(index + 1)}`}
              value={value}
              onChange={(next) => onChange({ ...setting, targets: changed(setting.targets, index, next) })}
            />
          ))}
        <Cell
          name={`${t("step.rate")} η`}
          value={setting.rate}
          onChange={(rate) => rate > 0 && onChange({ ...setting, rate })}
        />
      </div>
      <Functions setting={setting} onChange={onChange} />
      {dense.map((layer, index) => (
        <Weights
          layer={layer}
          number={index + 1}
          onChange={(next) =>
            onChange({ ...setting, layers: setting.layers.map((each) => (each === layer ? next : each)) })
          }
        />
      ))}
      <div class="row">
        {onTake && (
          <button type="button" onClick={onTake}>
            {t("step.take")}
          </button>
        )}
        {onTakeMany && (
          <button type="button" onClick={onTakeMany}>
            {t("step.take_many")}
          </button>
        )}
        <button type="button" class="button-plain" disabled={!isChanged} onClick={onReset}>
          {t("step.reset")}
        </button>
      </div>
    </div>
  );
}

function Inputs({ source, setting, onChange }: Pick<Props, "source" | "setting" | "onChange">) {
  const { inputs } = setting;
  if (inputs.length > MOST_CELLS) return null;
  const cells = (
    <div class="cells">
      {inputs.map((value, index) => (
        <Cell
          name={source.inputNames[index] ?? symbol.x(index + 1)}
          value={value}
          onChange={(next) => onChange({ ...setting, inputs: changed(inputs, index, next) })}
        />
      ))}
    </div>
  );
  if (inputs.length <= MOST_OPEN) return cells;
  return (
    <details>
      <summary class="small">{t("step.inputs_of", { n: inputs.length })}</summary>
      {cells}
    </details>
  );
}

function Cell({ name, value, onChange }: { name: string; value: number; onChange(value: number): void }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the input is inside NumberCell
    <label class="cell-field">
      <span>{name}</span>
      <NumberCell value={value} label={name} onChange={onChange} />
    </label>
  );
}

function Weights({
  layer,
  number,
  onChange,
}: {
  layer: LayerWeights;
  number: number;
  onChange(layer: LayerWeights): void;
}) {
  const weights = matrixOf(layer);
  const biases = vectorOf(layer);
  if (weights.length * (weights[0]?.length ?? 0) > MOST_CELLS)
    return <p class="small quiet">{t("step.too_many", { layer: layer.name })}</p>;
  const set = (from: number, to: number, value: number) =>
    onChange({ ...layer, weights: weights.map((row, index) => (index === from ? changed(row, to, value) : row)) });
  return (
    <details open={weights.length * (weights[0]?.length ?? 0) <= MOST_OPEN}>
      <summary class="small">{t("step.weights_of", { layer: layer.name })}</summary>
      <div class="cells">
        {weights.map((row, from) =>
          row.map((value, to) => (
            <Cell name={symbol.w(number, from + 1, to + 1)} value={value} onChange={(next) => set(from, to, next)} />
          )),
        )}
        {biases.map((value, unit) => (
          <Cell
            name={symbol.b(number, unit + 1)}
            value={value}
            onChange={(next) => onChange({ ...layer, biases: changed(biases, unit, next) })}
          />
        ))}
      </div>
    </details>
  );
}

const changed = (values: readonly number[], at: number, value: number) =>
  values.map((each, index) => (index === at ? value : each));
