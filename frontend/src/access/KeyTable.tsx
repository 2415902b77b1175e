import type { Key, NewKey } from "../api/types";
import { ago, ahead } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import "../texts/limits";
import { t } from "../texts/texts";
import { isAlive } from "./alive";
import { KeyActions } from "./KeyActions";
import { limitWords } from "./limits";
import { namesOf } from "./who";

interface Props {
  keys: Key[];
  onRotated: (made: NewKey) => Promise<void>;
  onChange: () => void;
}

export function KeyTable({ keys, onRotated, onChange }: Props) {
  const hasLimits = keys.some(({ limits }) => Object.keys(limits ?? {}).length > 0);
  return (
    <Scroll label={t("keys.table")}>
      <table class="trainings">
        <thead>
          <tr>
            <th scope="col">{t("keys.name")}</th>
            <th scope="col">{t("access.scopes")}</th>
            <th scope="col">{t("access.names")}</th>
            {hasLimits && <th scope="col">{t("limits.column")}</th>}
            <th scope="col">{t("access.created")}</th>
            <th scope="col">{t("access.used")}</th>
            <th scope="col">{t("keys.expires")}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <th scope="row">
                {key.name} <span class="tag mono">{key.hint}</span>
              </th>
              <td>{key.scopes.join(", ")}</td>
              <td>{namesOf(key.networks)}</td>
              {hasLimits && <td>{limitWords(key.limits, (name) => t(`limits.${name}`)).join(", ")}</td>}
              <td>{ago(key.created_at)}</td>
              <td>{key.last_used_at === null ? t("keys.never") : ago(key.last_used_at)}</td>
              <td>{endOf(key)}</td>
              <td>{isAlive(key) && <KeyActions of={key} onRotated={onRotated} onChange={onChange} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function endOf(key: Key): string {
  if (key.revoked_at !== null) return t("keys.revoked");
  if (key.expires_at === null) return t("keys.never");
  return isAlive(key) ? ahead(key.expires_at) : t("keys.expired");
}
