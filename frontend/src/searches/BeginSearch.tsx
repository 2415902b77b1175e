import { useRef, useState } from "preact/hooks";
import { createSearch } from "../api/searches";
import { Field } from "../forms/Field";
import { Marks, useMarks } from "../forms/marks";
import { NumberField } from "../forms/NumberField";
import { CurlLine } from "../parts/CurlLine";
import { ProblemNote } from "../parts/ProblemNote";
import { useSaving } from "../parts/useSaving";
import { go, to } from "../shell/router";
import "../texts/searches";
import { t } from "../texts/texts";
import { type Choices, isLearning, PRUNERS, SAMPLERS, searchOf, usualChoices } from "./begin";
import { WarmStart } from "./WarmStart";
import { warmFaults } from "./warm";

interface Props {
  dataset: string;
  target: string;
  /** Of the proposed training, in the API's names. */
  metrics: readonly string[];
}

/** A search for a better network than the proposed one: one click, or its options first. */
export function BeginSearch({ dataset, target, metrics }: Props) {
  const [choices, setChoices] = useState(() => usualChoices(dataset, target));
  const { mark, isMarked } = useMarks();
  const body = searchOf(dataset, target, choices);
  const [isOpen, setIsOpen] = useState(false);
  /** Faults of the last request are told by their places in it. */
  const sent = useRef<readonly string[]>([]);
  const { save, isBusy, problem } = useSaving(async () => {
    sent.current = choices.warm;
    go(to("/searches", (await createSearch(body)).name));
  });
  const set = <Name extends keyof Choices>(name: Name, value: Choices[Name]) =>
    setChoices((before) => ({ ...before, [name]: value }));
  const number = (name: "trials" | "parallel" | "patience" | "seconds" | "folds" | "repeats", least: number) => (
    <NumberField
      label={t(`begin.${name}`)}
      help={t(`begin.${name}.help`)}
      faults={problem?.at(name === "folds" || name === "repeats" ? `#/${name}` : `#/limits/${name}`)}
      bounds={{ type: name === "seconds" ? "number" : "integer", minimum: least }}
      value={choices[name]}
      placeholder={name === "repeats" ? "1" : t("none")}
      onValue={(value) => set(name, value)}
    />
  );
  return (
    <form class="stack" onSubmit={save}>
      <h3>{t("begin.title")}</h3>
      <p class="quiet small">{t("begin.help")}</p>
      <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
        <summary>{t("begin.options")}</summary>
        <div class="stack layer-more">
          <Marks.Provider value={mark}>
            <div class="fields">
              <Field label={t("searches.name")} help={t("begin.name.help")} faults={problem?.at("#/name")}>
                {(described) => (
                  <input
                    {...described}
                    type="text"
                    value={choices.name}
                    onInput={(event) => set("name", event.currentTarget.value)}
                  />
                )}
              </Field>
              <Field
                label={t("begin.sampler")}
                help={t(`sampler.${choices.sampler || "auto"}`)}
                faults={problem?.at("#/sampler")}
              >
                {(described) => (
                  <select
                    {...described}
                    value={choices.sampler}
                    onChange={(event) => set("sampler", event.currentTarget.value as Choices["sampler"])}
                  >
                    <option value="">{t("begin.auto")}</option>
                    {SAMPLERS.map((each) => (
                      <option value={each}>{each}</option>
                    ))}
                  </select>
                )}
              </Field>
              <Field
                label={t("begin.pruner")}
                help={t(`pruner.${choices.pruner || "auto"}`)}
                faults={problem?.at("#/pruner")}
              >
                {(described) => (
                  <select
                    {...described}
                    value={choices.pruner}
                    onChange={(event) => set("pruner", event.currentTarget.value as Choices["pruner"])}
                  >
                    <option value="">{t("begin.auto")}</option>
                    {PRUNERS.map((each) => (
                      <option value={each}>{each === "none" ? t("none") : each}</option>
                    ))}
                  </select>
                )}
              </Field>
              <Field label={t("begin.metric")} help={t("begin.metric.help")} faults={problem?.at("#/objective")}>
                {(described) => (
                  <select
                    {...described}
                    value={choices.metric}
                    onChange={(event) => set("metric", event.currentTarget.value)}
                  >
                    <option value="">val_loss</option>
                    {metrics.map((each) => (
                      <option value={`val_${each}`}>val_{each}</option>
                    ))}
                  </select>
                )}
              </Field>
              {number("trials", 1)}
              {number("parallel", 1)}
              {number("patience", 1)}
              {number("seconds", 1)}
              {number("folds", 2)}
              {number("repeats", 1)}
            </div>
          </Marks.Provider>
          {isOpen && isLearning(choices.sampler) && (
            <WarmStart
              target={target}
              chosen={choices.warm}
              faults={warmFaults(problem, sent.current)}
              onChosen={(names) => set("warm", names)}
            />
          )}
          <CurlLine path="/searches" body={body} />
        </div>
      </details>
      {problem && <ProblemNote problem={problem} />}
      <div class="row">
        <button type="submit" disabled={isBusy || isMarked}>
          {t("begin.do")}
        </button>
        {isMarked && <span class="small quiet">{t("begin.marked")}</span>}
      </div>
    </form>
  );
}
