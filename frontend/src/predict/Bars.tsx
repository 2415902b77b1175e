import { classColour } from "../parts/classes";
import { percent } from "../parts/format";
import { ShareBar } from "../parts/ShareBar";

export interface Bar {
  name: string;
  value: number;
  /** Of the class, in the order of the network's labels. */
  index: number;
}

/** Shares of one, each as a bar with its number beside it. */
export function Bars({ bars }: { bars: Bar[] }) {
  const most = Math.max(...bars.map((bar) => bar.value));
  return (
    <table class="shares">
      <tbody>
        {bars.map(({ name, value, index }) => (
          <tr class={value === most ? "share-most" : undefined}>
            <th scope="row">
              <span class="share-name">{name}</span>
            </th>
            <td class="share-cell" aria-hidden="true">
              <ShareBar
                style={{ fill: `var(--${classColour(index)})` }}
                width={Math.max(0, Math.min(1, value)) * 100}
              />
            </td>
            <td class="n" title={String(value)}>
              {percent(value)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
