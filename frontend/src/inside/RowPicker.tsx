import { targetName } from "../parts/classes";
import { few } from "../parts/format";
import { NumberCell } from "../step/NumberCell";
import { t } from "../texts/texts";
import type { NetworkRow } from "./useRows";

interface Props {
  rows: readonly NetworkRow[];
  row: readonly number[];
  names: readonly string[];
  labels: readonly string[] | null;
  onRow(row: readonly number[]): void;
}

const MOST_CELLS = 12;
const MOST_OPTIONS = 100;

/** The row whose activations are shown: one the network has learnt from, or any numbers. */
export function RowPicker({ rows, row, names, labels, onRow }: Props) {
  const at = rows.findIndex(({ inputs }) => inputs === row);
  return (
    <div class="row row-picker">
      {rows.length > 0 && (
        <label class="row small">
          <span>{t("inside.row")}</span>
          <select
            value={at}
            aria-label={t("inside.row")}
            onChange={(event) => onRow(rows[Number(event.currentTarget.value)]!.inputs)}
          >
            {at < 0 && <option value={-1}>{t("inside.row.own")}</option>}
            {rows.slice(0, MOST_OPTIONS).map(({ inputs, targets }, index) => (
              <option value={index}>{`${index + 1}: ${few(inputs)} → ${targetName(targets, labels)}`}</option>
            ))}
          </select>
        </label>
      )}
      {row.length <= MOST_CELLS &&
        row.map((value, index) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the input is inside NumberCell
          <label class="cell-field">
            <span>{names[index] ?? `x${index + 1}`}</span>
            <NumberCell
              value={value}
              label={names[index] ?? `x${index + 1}`}
              onChange={(next) => onRow(row.map((each, other) => (other === index ? next : each)))}
            />
          </label>
        ))}
    </div>
  );
}
