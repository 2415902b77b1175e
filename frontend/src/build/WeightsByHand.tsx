import { NumberInput } from "../forms/NumberInput";
import { isMatrix } from "../inside/model";
import { t } from "../texts/texts";

interface Props {
  options: Record<string, unknown>;
  inputs: number;
  units: number;
  onOptions: (options: Record<string, unknown>) => void;
}

/** More cells than this are edited in the JSON, or imported. */
const MOST_CELLS = 300;

/** The start weights of a dense layer, each a number to be written: a row for each input, a column for each unit. */
export function WeightsByHand({ options, inputs, units, onOptions }: Props) {
  if (inputs * units > MOST_CELLS)
    return <p class="quiet small">{t("build.weights.many", { count: inputs * units, most: MOST_CELLS })}</p>;
  const { weights: _w, biases: _b, ...drawn } = options;
  const given = isMatrix(options.weights) ? options.weights : null;
  const hasBias = options.bias !== false;
  if (!given) {
    const start = (value: () => number) => () =>
      onOptions({
        ...drawn,
        weights: table(inputs, units, value),
        ...(hasBias && { biases: Array.from({ length: units }, () => 0) }),
      });
    return (
      <div class="row">
        <span class="quiet small">{t("build.weights.drawn")}</span>
        <button type="button" onClick={start(() => 0.1)}>
          {t("build.weights.write")}
        </button>
        <button type="button" onClick={start(() => Math.round((Math.random() * 2 - 1) * 100) / 100)}>
          {t("build.weights.random")}
        </button>
      </div>
    );
  }
  const biases = Array.isArray(options.biases) ? (options.biases as number[]) : null;
  const fitted = table(inputs, units, (row, column) => given[row]?.[column] ?? 0);
  const setWeight = (row: number, column: number, value: number) => {
    const changed = fitted.map((cells, at) => (at === row ? cells.with(column, value) : cells));
    onOptions({ ...options, weights: changed });
  };
  return (
    <div class="stack">
      <div class="scroll">
        <table class="weights">
          <thead>
            <tr>
              <td />
              {Array.from({ length: units }, (_, column) => (
                <th scope="col">{t("build.weights.unit", { number: column + 1 })}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fitted.map((cells, row) => (
              <tr>
                <th scope="row">{t("build.weights.input", { number: row + 1 })}</th>
                {cells.map((value, column) => (
                  <td>
                    <NumberInput
                      aria-label={t("build.weights.of", { input: row + 1, unit: column + 1 })}
                      value={value}
                      onValue={(number) => number !== null && setWeight(row, column, number)}
                    />
                  </td>
                ))}
              </tr>
            ))}
            {biases && (
              <tr>
                <th scope="row">{t("build.weights.bias")}</th>
                {Array.from({ length: units }, (_, column) => (
                  <td>
                    <NumberInput
                      aria-label={t("build.weights.bias.of", { unit: column + 1 })}
                      value={biases[column] ?? 0}
                      onValue={(number) =>
                        number !== null &&
                        onOptions({
                          ...options,
                          biases: Array.from({ length: units }, (_, at) =>
                            at === column ? number : (biases[at] ?? 0),
                          ),
                        })
                      }
                    />
                  </td>
                ))}
              </tr>
            )}
          </tbody>
        </table>
      </div>
      <p>
        <button type="button" onClick={() => onOptions(drawn)}>
          {t("build.weights.draw")}
        </button>
      </p>
    </div>
  );
}

const table = (rows: number, columns: number, value: (row: number, column: number) => number): number[][] =>
  Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => value(row, column)));
