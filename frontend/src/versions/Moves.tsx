import type { AliasMove } from "../api/types";
import { PRODUCTION } from "../api/versions";
import { ago } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";

/** Which version was live when, and who decided it. */
export function Moves({ moves }: { moves: AliasMove[] }) {
  return (
    <Scroll label={t("versions.moves.table", { alias: PRODUCTION })}>
      <table class="trainings">
        <thead>
          <tr>
            <th scope="col">{t("versions.moves.when")}</th>
            <th scope="col">{t("versions.moves.to")}</th>
            <th scope="col">{t("versions.moved_by")}</th>
            <th scope="col">{t("versions.note")}</th>
          </tr>
        </thead>
        <tbody>
          {moves.map((move) => (
            <tr key={move.number}>
              <th scope="row" title={move.created_at}>
                {ago(move.created_at)}
              </th>
              <td>
                {move.version === null ? t("versions.moves.removed") : t("weights.version", { version: move.version })}
              </td>
              <td>{move.created_by ?? "–"}</td>
              <td>{move.note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
