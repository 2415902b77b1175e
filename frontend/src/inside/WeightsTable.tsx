import { useState } from "preact/hooks";
import { short } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import type { Stage } from "./stages";

const MOST = 40;

/** The weights behind the picture, a row for each input. Made only when it is opened. */
export function WeightsTable({ stages }: { stages: readonly Stage[] }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details class="behind" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{t("inside.weights.table")}</summary>
      {isOpen &&
        stages.map(
          ({ name, weights, biases }) =>
            weights && (
              <Scroll class="tall" label={name}>
                <table class="weights-table">
                  <caption class="small mono">{name}</caption>
                  <tbody>
                    {weights.slice(0, MOST).map((row, from) => (
                      <Line name={String(from + 1)} values={row} />
                    ))}
                    {biases.length > 0 && <Line name={t("inside.bias")} values={biases} />}
                  </tbody>
                </table>
              </Scroll>
            ),
        )}
    </details>
  );
}

function Line({ name, values }: { name: string; values: readonly number[] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {values.slice(0, MOST).map((value) => (
        <td class="n" title={String(value)}>
          {short(value, 4)}
        </td>
      ))}
    </tr>
  );
}
