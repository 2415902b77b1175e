import { useState } from "preact/hooks";
import { Num } from "../parts/Num";
import { ShareBar } from "../parts/ShareBar";
import { t } from "../texts/texts";

export interface SignedBar {
  name: string;
  value: number;
}

const MOST = 10;

/** Numbers as bars to the left (below zero, orange) and to the right (above, blue), the largest first. */
export function SignedBars({ bars }: { bars: SignedBar[] }) {
  const [areAll, setAll] = useState(false);
  const sorted = bars.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const shown = areAll ? sorted : sorted.slice(0, MOST);
  const most = Math.max(...shown.map((bar) => Math.abs(bar.value)), Number.MIN_VALUE);
  const isSigned = shown.some((bar) => bar.value < 0);
  const middle = isSigned ? 50 : 0;
  return (
    <>
      <table class="shares">
        <tbody>
          {shown.map(({ name, value }) => {
            const width = (Math.abs(value) / most) * (100 - middle);
            return (
              <tr>
                <th scope="row">
                  <span class="share-name">{name}</span>
                </th>
                <td class="share-cell" aria-hidden="true">
                  <ShareBar
                    class={value < 0 ? "share-negative" : "share-positive"}
                    x={value < 0 ? middle - width : middle}
                    width={width}
                  />
                </td>
                <td class="n">
                  <Num value={value} digits={3} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {sorted.length > MOST && (
        <button type="button" class="button-plain small" onClick={() => setAll(!areAll)}>
          {areAll ? t("bars.fewer") : t("bars.all", { count: sorted.length })}
        </button>
      )}
    </>
  );
}
