import { useState } from "preact/hooks";
import { pointerTo } from "../api/problem";
import { addTrials, type Parameter, type Search } from "../api/searches";
import { Field } from "../forms/Field";
import { Marks, useMarks } from "../forms/marks";
import { NumberField } from "../forms/NumberField";
import { ProblemNote } from "../parts/ProblemNote";
import { useSaving } from "../parts/useSaving";
import { t } from "../texts/texts";
import { parameterName, written } from "./space";
import { startOf } from "./trials";

interface Props {
  search: Search;
  onChange: () => void;
}

const USUAL = 10;

/** Further trials of a search, also of one that has ended: by its sampler, or with values of one's own. */
export function MoreTrials({ search, onChange }: Props) {
  const [count, setCount] = useState<number | null>(USUAL);
  const { mark, isMarked } = useMarks();
  const { save, isBusy, problem } = useSaving(async () => {
    await addTrials(search.name, { count });
    onChange();
  });
  return (
    <>
      <form class="stack" onSubmit={save}>
        <Marks.Provider value={mark}>
          <div class="fields">
            <NumberField
              label={t("more.count")}
              help={t("more.count.help")}
              bounds={{ type: "integer", minimum: 1, maximum: 10_000 }}
              value={count}
              onValue={setCount}
            />
          </div>
        </Marks.Provider>
        {problem && <ProblemNote problem={problem} />}
        <p>
          <button type="submit" disabled={isBusy || isMarked || count === null}>
            {t("more.count.do")}
          </button>
        </p>
      </form>
      <details>
        <summary>{t("more.own")}</summary>
        <OwnTrial search={search} onChange={onChange} />
      </details>
    </>
  );
}

/** One with values of one's own, which begin with those of the best; what is left empty is drawn at random. */
function OwnTrial({ search, onChange }: Props) {
  const [typed, setTyped] = useState<Record<string, unknown>>({});
  const point = { ...startOf(search), ...typed };
  const { mark, isMarked } = useMarks();
  const given = Object.fromEntries(Object.entries(point).filter(([, value]) => value !== null));
  const { save, isBusy, problem } = useSaving(async () => {
    await addTrials(search.name, { points: [given] });
    onChange();
  });
  return (
    <form class="stack layer-more" onSubmit={save}>
      <p class="quiet small">{t("more.own.help")}</p>
      <Marks.Provider value={mark}>
        <div class="fields">
          {Object.entries(search.parameters).map(([pointer, parameter]) => (
            <OneValue
              key={pointer}
              {...{ pointer, parameter }}
              value={point[pointer] ?? null}
              faults={problem?.at(pointerTo("points", 0, pointer)) ?? []}
              onValue={(value) => setTyped((before) => ({ ...before, [pointer]: value }))}
            />
          ))}
        </div>
      </Marks.Provider>
      {problem && <ProblemNote problem={problem} />}
      <p>
        <button type="submit" disabled={isBusy || isMarked}>
          {t("more.own.do")}
        </button>
      </p>
    </form>
  );
}

interface ValueProps {
  pointer: string;
  parameter: Parameter;
  value: unknown;
  faults: string[];
  onValue: (value: unknown) => void;
}

function OneValue({ pointer, parameter: { type, values, low, high }, value, faults, onValue }: ValueProps) {
  const label = parameterName(pointer);
  if (!values) {
    return (
      <NumberField
        {...{ label, faults, onValue }}
        bounds={{ type: type === "int" ? "integer" : "number", minimum: low, maximum: high }}
        placeholder={t("more.drawn")}
        value={typeof value === "number" ? value : null}
      />
    );
  }
  const place = values.findIndex((each) => JSON.stringify(each) === JSON.stringify(value));
  return (
    <Field {...{ label, faults }}>
      {(described) => (
        <select
          {...described}
          value={place < 0 ? "" : String(place)}
          onChange={({ currentTarget: { value } }) => onValue(value === "" ? null : values[Number(value)])}
        >
          <option value="">{t("more.drawn")}</option>
          {values.map((each, at) => (
            <option value={String(at)}>{written(each)}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
