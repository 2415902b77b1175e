import type { Problem } from "../api/problem";
import { Field } from "../forms/Field";
import "../texts/limits";
import { t } from "../texts/texts";
import { COUNTS, RATES, type Typed } from "./limits";

interface Props {
  limits: Typed;
  onLimits: (limits: Typed) => void;
  problem: Problem | null;
}

/** Limits of the key alone; each that is left empty is the service's. */
export function LimitFields({ limits, onLimits, problem }: Props) {
  return (
    <details open={problem !== null && problem.at("#/limits").length > 0}>
      <summary>{t("limits.title")}</summary>
      <div class="stack layer-more">
        <p class="quiet small">{t("limits.help")}</p>
        <div class="fields">
          {[...RATES, ...COUNTS].map((name) => (
            <Field key={name} label={t(`limits.${name}`)} faults={problem?.at(`#/limits/${name}`)}>
              {(described) => (
                <input
                  {...described}
                  type="text"
                  value={limits[name]}
                  placeholder={(RATES as readonly string[]).includes(name) ? "100/second" : undefined}
                  onInput={(event) => onLimits({ ...limits, [name]: event.currentTarget.value })}
                />
              )}
            </Field>
          ))}
        </div>
      </div>
    </details>
  );
}
