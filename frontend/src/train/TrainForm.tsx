import { useState } from "preact/hooks";
import { startTraining } from "../api/jobs";
import type { Description } from "../api/openapi";
import { Problem } from "../api/problem";
import type { Network } from "../api/types";
import { writeSpec } from "../build/spec";
import { Marks, useMarks } from "../forms/marks";
import { SchemaField } from "../forms/SchemaField";
import { SchemaFields, withField } from "../forms/SchemaFields";
import { Code } from "../parts/Code";
import { CurlLine } from "../parts/CurlLine";
import { ProblemNote } from "../parts/ProblemNote";
import { RowsPicker } from "../rows/RowsPicker";
import { remember } from "../rows/rows";
import { bodyOf, placeIn, type Source, shownOf } from "../rows/source";
import { go, to } from "../shell/router";
import "../texts/live";
import { t } from "../texts/texts";
import { BatchSize } from "./BatchSize";
import { ClassWeights } from "./ClassWeights";
import { FoldsField } from "./FoldsField";
import { MetricBoxes } from "./MetricBoxes";
import { fitting, isOfClasses, paced, useful } from "./options";
import { PaceField } from "./PaceField";
import { SampleWeight } from "./SampleWeight";
import { StartFrom } from "./StartFrom";
import { ThresholdField } from "./ThresholdField";
import { ValidationFields } from "./ValidationFields";

interface Props {
  network: Network;
  description: Description;
  begun: Record<string, unknown>;
  dataset: string | undefined;
}

const HOW = ["optimizer", "schedule"];
const ENDS = ["early_stopping", "snapshots", "max_seconds"];
/** Fields with inputs of their own kind, and those that say which rows. */
const SPECIAL = new Set([
  "network",
  "data",
  "dataset",
  "batch_size",
  "validation",
  "metrics",
  "class_weights",
  "start_from",
  "sample_weight",
  "epochs",
  "epochs_per_second",
  "folds",
  "threshold",
  "inputs",
  "target",
  "options",
]);

/** Every option of a training, the usual ones first, and the request it comes to. */
export function TrainForm({ network, description, begun, dataset }: Props) {
  const [chosen, setOptions] = useState(begun);
  const [source, setSource] = useState<Source>({ kind: "none" });
  const options = paced(fitting(chosen, source), network);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isStarting, setStarting] = useState(false);
  const { mark, isMarked } = useMarks();
  const all = description.schema("TrainBody").properties ?? {};
  const pick = (names: string[]) => Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, all[name]]] : [])));
  const others = Object.keys(all).filter((name) => !HOW.includes(name) && !ENDS.includes(name) && !SPECIAL.has(name));
  const isFolded = Boolean(options.folds);
  const set = (name: string, value: unknown) => setOptions((before) => withField(before, name, value));
  const shared = { description, problem, values: options, onValues: setOptions, pointer: "#" };
  const own = { options, set, problem };

  async function start(): Promise<void> {
    setStarting(true);
    setProblem(null);
    try {
      const job = await startTraining({ network: network.name, ...bodyOf(source), ...options });
      if (source.kind === "rows") remember(network.id, source.rows);
      go(to("/jobs", job.id));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setStarting(false);
    }
  }

  return (
    <div class="split">
      <Marks.Provider value={mark}>
        <form
          class="stack-wide train-form"
          onSubmit={(event) => {
            event.preventDefault();
            void start();
          }}
        >
          <section class="stack">
            <h2>{t("train.rows")}</h2>
            <RowsPicker {...{ network, source, dataset }} onSource={setSource} />
          </section>
          <section class="stack">
            <h2>{t("train.how")}</h2>
            <div class="fields">
              {all.epochs && (
                <SchemaField
                  {...{ description, problem }}
                  name="epochs"
                  schema={all.epochs}
                  value={options.epochs}
                  onValue={(value) => set("epochs", value)}
                  pointer="#/epochs"
                />
              )}
              <BatchSize {...own} schema={all.batch_size} />
              <PaceField {...own} />
              {!isFolded && <StartFrom {...own} network={network} />}
            </div>
            <SchemaFields {...shared} options={pick(HOW)} />
          </section>
          <section class="stack">
            <h2>{t("train.evaluated")}</h2>
            {!isFolded && <ValidationFields {...own} source={source} schema={description.schema("HeldOutShare")} />}
            <MetricBoxes {...own} description={description} network={network} />
            <div class="fields">
              <FoldsField {...own} schema={all.folds} />
            </div>
            {isFolded && <p class="quiet small">{t("train.folds.instead")}</p>}
          </section>
          <section class="stack">
            <h2>{t("train.ends")}</h2>
            <SchemaFields {...shared} options={pick(useful(ENDS, options))} />
          </section>
          <details>
            <summary>{t("train.more")}</summary>
            <div class="stack layer-more">
              <div class="fields">
                {(isOfClasses(network) || options.class_weights !== undefined) && <ClassWeights {...own} />}
                {network.labels && !isFolded && <ThresholdField {...own} network={network} />}
                {source.kind === "dataset" && <SampleWeight {...own} columns={source.info?.columns ?? []} />}
              </div>
              <SchemaFields {...shared} options={pick(useful(others, options))} />
            </div>
          </details>
          {problem && <ProblemNote problem={problem} placeOf={(steps) => placeIn(source, steps)} />}
          <div class="row build-create">
            <button type="submit" class="button-main" disabled={isStarting || isMarked || source.kind === "none"}>
              {isStarting ? t("train.starting") : t("train.start")}
            </button>
            {(isMarked || source.kind === "none") && (
              <span class="small quiet">{t(isMarked ? "train.marked" : "train.no_rows")}</span>
            )}
          </div>
        </form>
      </Marks.Provider>
      <div class="stack aside">
        <h2>{t("train.body")}</h2>
        <Code label={t("train.body")}>{writeSpec({ network: network.name, ...shownOf(source), ...options })}</Code>
        <CurlLine
          path="/train"
          body={{ network: network.name, ...bodyOf(source), ...options }}
          shown={{ network: network.name, ...shownOf(source), ...options }}
        />
      </div>
    </div>
  );
}
