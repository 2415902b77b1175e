import type { Cell, Column } from "../api/datasets";
import { short } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { wordOf } from "./cells";

/** The first rows as they were read; a missing cell is a dash. */
export function PreviewTable({ columns, rows }: { columns: Column[]; rows: Record<string, Cell>[] }) {
  return (
    <Scroll label={t("datasets.preview")}>
      <table class="trainings small">
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th scope="col" class={type === "number" ? "n" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map((column) => {
                const { name, type } = column;
                const cell = row[name] ?? null;
                return (
                  <td class={type === "number" ? "n" : undefined} title={cell === null ? undefined : String(cell)}>
                    {typeof cell === "number" ? short(cell, 6) : wordOf(column, cell)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
