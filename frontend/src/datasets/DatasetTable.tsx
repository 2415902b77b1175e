import type { ComponentChildren } from "preact";
import type { Dataset } from "../api/datasets";
import { ago, bytes, whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";

interface Props {
  label: string;
  /** What heads the first column. */
  head: string;
  datasets: readonly Dataset[];
  nameOf: (dataset: Dataset) => ComponentChildren;
  /** What can be done with each, if anything. */
  waysOf?: (dataset: Dataset) => ComponentChildren;
}

/** Data sets, or revisions of one: each with its size, and who has uploaded it when. */
export function DatasetTable({ label, head, datasets, nameOf, waysOf }: Props) {
  return (
    <Scroll label={label}>
      <table class="trainings">
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col" class="n">
              {t("evaluate.rows")}
            </th>
            <th scope="col" class="n">
              {t("datasets.columns")}
            </th>
            <th scope="col" class="n">
              {t("datasets.size")}
            </th>
            <th scope="col">{t("datasets.uploaded")}</th>
            {waysOf && <td />}
          </tr>
        </thead>
        <tbody>
          {datasets.map((dataset) => (
            <tr key={dataset.id}>
              <th scope="row">{nameOf(dataset)}</th>
              <td class="n">{whole(dataset.rows)}</td>
              <td class="n">{whole(dataset.columns.length)}</td>
              <td class="n">{bytes(dataset.size_bytes)}</td>
              <td>
                {ago(dataset.created_at)} {dataset.created_by && <span class="quiet">({dataset.created_by})</span>}
              </td>
              {waysOf && <td>{waysOf(dataset)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
