import { useId } from "preact/hooks";
import { listSearches } from "../api/searches";
import { useLoaded } from "../parts/useLoaded";
import { t } from "../texts/texts";
import { judgedOf, teachersOf } from "./warm";

interface Props {
  target: string;
  /** Names of searches, in the order in which they were chosen. */
  chosen: readonly string[];
  faults: string[];
  onChosen: (names: string[]) => void;
}

/** A box for each search of this target that has ended trials; nothing where there is none. */
export function WarmStart({ target, chosen, faults, onChosen }: Props) {
  const id = useId();
  const { value } = useLoaded("searches", listSearches);
  const teachers = teachersOf(value?.data ?? [], target);
  if (teachers.length === 0) return null;
  return (
    <fieldset class="field" aria-describedby={faults.length > 0 ? `${id}-help ${id}-fault` : `${id}-help`}>
      <legend>{t("begin.warm")}</legend>
      <span class="help" id={`${id}-help`}>
        {t("begin.warm.help")}
      </span>
      <div class="boxes">
        {teachers.map((search) => (
          <label class="check" key={search.id}>
            <input
              type="checkbox"
              checked={chosen.includes(search.name)}
              onChange={({ currentTarget: { checked } }) =>
                onChosen(checked ? [...chosen, search.name] : chosen.filter((name) => name !== search.name))
              }
            />
            <span>
              {search.name}{" "}
              <span class="small quiet">
                {t("begin.warm.of", { metric: search.objective.metric, count: judgedOf(search) })}
              </span>
            </span>
          </label>
        ))}
      </div>
      {faults.length > 0 && (
        <span class="fault" id={`${id}-fault`}>
          {faults.join("; ")}
        </span>
      )}
    </fieldset>
  );
}
