import type { Proposal } from "../api/datasets";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { proposedColumns } from "./proposed";

/** What becomes of each column, with the reasons beside it; a reason that several columns share stands once with each. */
export function ProposedColumns({ proposal }: { proposal: Proposal }) {
  return (
    <Scroll label={t("proposal.columns")}>
      <table class="trainings proposed">
        <caption>{t("proposal.columns")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("datasets.column")}</th>
            <th scope="col">{t("datasets.type")}</th>
            <th scope="col">{t("proposal.options")}</th>
            <th scope="col">{t("proposal.why")}</th>
          </tr>
        </thead>
        <tbody>
          {proposedColumns(proposal).map(({ name, type, isTarget, options, reasons }) => (
            <tr key={name}>
              <th scope="row">
                {name} {isTarget && <span class="tag tag-best">{t("proposal.target")}</span>}
              </th>
              <td>{t(`type.${type}`)}</td>
              <td class="mono small">{options.join("; ") || "–"}</td>
              <td class="small reasons" lang="en">
                {reasons.map((reason) => (
                  <p>{reason}</p>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
