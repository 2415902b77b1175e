import type { Column } from "../api/datasets";
import { t } from "../texts/texts";

interface Props {
  columns: Column[];
  chosen: string[] | null;
  onChosen: (columns: string[] | null) => void;
}

/** Which columns the new data set takes over: the service's choice, or one's own. */
export function CarriedColumns({ columns, chosen, onChosen }: Props) {
  const others = chosen ?? [];
  return (
    <fieldset class="stack-tight">
      <legend>{t("score.columns")}</legend>
      <label class="check">
        <input
          type="checkbox"
          checked={chosen === null}
          onChange={(event) => onChosen(event.currentTarget.checked ? null : [])}
        />{" "}
        {t("score.columns.usual")}
      </label>
      {chosen !== null && (
        <div class="fields">
          {columns.map(({ name }) => (
            <label class="check">
              <input
                type="checkbox"
                checked={others.includes(name)}
                onChange={(event) =>
                  onChosen(event.currentTarget.checked ? [...others, name] : others.filter((each) => each !== name))
                }
              />{" "}
              {name}
            </label>
          ))}
        </div>
      )}
    </fieldset>
  );
}
