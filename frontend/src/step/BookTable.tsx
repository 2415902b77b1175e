import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { agrees, type Compared } from "./compare";

interface Props {
  label: string;
  compared: readonly Compared[];
  digits: number;
  /** Whether each line says if both are alike. */
  hasVerdict?: boolean;
}

/** Numbers of the text beside ours. */
export function BookTable({ label, compared, digits, hasVerdict = false }: Props) {
  return (
    <Scroll label={label}>
      <table class="book">
        <thead>
          <tr>
            <td />
            <th scope="col" class="n">
              {t("step.book.text")}
            </th>
            <th scope="col" class="n">
              {t("step.book.ours")}
            </th>
            {hasVerdict && <td />}
          </tr>
        </thead>
        <tbody>
          {compared.map((each) => (
            <tr>
              <th scope="row">{each.symbol}</th>
              <td class="n" title={String(each.expected)}>
                {each.expected.toFixed(digits)}
              </td>
              <td class="n" title={String(each.ours)} data-ours={each.ours}>
                {each.ours.toFixed(digits)}
              </td>
              {hasVerdict && <td>{agrees(each) ? <span class="agrees">{t("step.book.same")}</span> : "≠"}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
