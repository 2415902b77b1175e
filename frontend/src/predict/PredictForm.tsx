import { useState } from "preact/hooks";
import { calibrationOf } from "../api/calibration";
import type { Cell, Dataset } from "../api/datasets";
import { pointerTo } from "../api/problem";
import { speaksNames } from "../api/table";
import type { Network } from "../api/types";
import { Marks, useMarks } from "../forms/marks";
import { CurlLine } from "../parts/CurlLine";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import type { Rows } from "../rows/types";
import { t } from "../texts/texts";
import { Answer } from "./Answer";
import { FeatureInput } from "./FeatureInput";
import { fieldsOf, rowOf } from "./fields";
import { IntervalChoice } from "./IntervalChoice";
import { PixelInput } from "./PixelInput";
import { useAnswer } from "./useAnswer";

interface Props {
  network: Network;
  rows: Rows | null;
  dataset: Dataset | null;
  snapshot: string;
}

/** A square of so many inputs without names is taken for a picture. */
const LEAST_PIXELS = 36;

/** A row by its features, and what the network makes of it, at once. */
export function PredictForm({ network, rows, dataset, snapshot }: Props) {
  const fields = fieldsOf(network, rows, dataset);
  const [values, setValues] = useState<Record<string, Cell>>(() =>
    Object.fromEntries(fields.map(({ name, start }) => [name, start])),
  );
  const [shown, setShown] = useState(0);
  const [isExplained, setExplained] = useState(false);
  const [asked, setLevel] = useState<number | null>(null);
  const { value: known } = useLoaded(`calibration ${network.id} ${snapshot}`, async (signal) => ({
    calibration: await calibrationOf(network.name, snapshot, signal),
  }));
  const calibration = known?.calibration ?? null;
  const level = calibration?.levels.some((each) => each.level === asked) ? asked : null;
  const body = {
    network: network.name,
    ...(snapshot !== "live" && { snapshot }),
    ...(isExplained && { attributions: true }),
    ...(level !== null && { interval: level }),
    inputs: [rowOf(network, fields, values)],
  };
  const { answer, problem, isAsking } = useAnswer(body);
  const { mark, isMarked } = useMarks();
  const side = Math.sqrt(network.inputs);
  const isPicture = network.features === null && Number.isInteger(side) && network.inputs >= LEAST_PIXELS;

  const faultsOf = (name: string, at: number) =>
    problem?.at(pointerTo("inputs", 0, speaksNames(network) ? name : at)) ?? [];
  const isFieldRefused = !isPicture && fields.some(({ name }, at) => faultsOf(name, at).length > 0);

  /** No answer is to what stands in the fields. */
  const isWrong = isMarked || isFieldRefused;

  function show(index: number): void {
    const row = rows?.inputs[index];
    if (!row) return;
    setShown(index);
    setValues(Object.fromEntries(fields.map(({ name }, at) => [name, row[at] ?? null])));
  }

  return (
    <section class="stack">
      <h2>{t("predict.title")}</h2>
      <div class="split">
        <div class="stack">
          {rows && (
            <div class="row">
              <button type="button" onClick={() => show((shown + 1) % rows.inputs.length)}>
                {t("predict.row.next")}
              </button>
              <span class="small quiet num">
                {t("predict.row", { number: shown + 1, count: rows.inputs.length })}
                {` · ${t("predict.row.target", { target: targetOf(rows, shown, network.labels) })}`}
              </span>
            </div>
          )}
          {isPicture ? (
            <PixelInput
              side={side}
              values={fields.map(({ name }) => Number(values[name] ?? 0))}
              onValues={(pixels) =>
                setValues(Object.fromEntries(fields.map(({ name }, at) => [name, pixels[at] ?? 0])))
              }
            />
          ) : (
            <div class="fields">
              <Marks.Provider value={mark}>
                {fields.map((field, at) => (
                  <FeatureInput
                    key={field.name}
                    field={field}
                    value={values[field.name] ?? null}
                    faults={faultsOf(field.name, at)}
                    onValue={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
                  />
                ))}
              </Marks.Provider>
            </div>
          )}
        </div>
        <div class="stack aside" aria-busy={isAsking}>
          {isWrong && (
            <p class="quiet" role="status">
              {t("predict.marked")}
            </p>
          )}
          {!isWrong && problem && <ProblemNote problem={problem} />}
          {!isWrong && answer && <Answer {...{ answer, network, level }} isStale={problem !== null} />}
          {known && <IntervalChoice calibration={calibration} level={level} choose={setLevel} />}
          {network.features && (
            <label class="check small">
              <input
                type="checkbox"
                checked={isExplained}
                onChange={(event) => setExplained(event.currentTarget.checked)}
              />{" "}
              {t("predict.counted")}
            </label>
          )}
          {!isWrong && <CurlLine path="/predict" body={body} />}
        </div>
      </div>
    </section>
  );
}

/** A target as a person would say it: the label of a one-hot row too. */
function targetOf(rows: Rows, index: number, labels: string[] | null): string {
  const target = rows.targets[index];
  if (!Array.isArray(target)) return String(target ?? "");
  const isOneHot = labels !== null && target.length === labels.length && target.filter(Boolean).length === 1;
  return isOneHot ? (labels[target.indexOf(Math.max(...target))] ?? "") : target.join(", ");
}
