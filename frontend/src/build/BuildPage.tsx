import { useEffect, useState } from "preact/hooks";
import { createNetwork } from "../api/networks";
import { describe } from "../api/openapi";
import { Problem } from "../api/problem";
import { Marks, useMarks } from "../forms/marks";
import { CopyButton } from "../parts/CopyButton";
import { CurlLine } from "../parts/CurlLine";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { go, type PageProps, to } from "../shell/router";
import "../texts/build";
import "../texts/live";
import { t } from "../texts/texts";
import { AddLayer } from "./AddLayer";
import { BuildDrawing } from "./BuildDrawing";
import { BuildSurface } from "./BuildSurface";
import { begin, trained } from "./begin";
import { DataPanel, PlayOptions } from "./DataPanel";
import { DryRunPanel } from "./DryRunPanel";
import { forget, keys, play, restore, spec, textFault, write } from "./draft";
import { LayerCard } from "./LayerCard";
import { addressOf, BARE, stateOf } from "./link";
import { NetworkFields } from "./NetworkFields";
import { requestOf, shownOf } from "./play";
import { SpecText } from "./SpecText";
import { sketchOf } from "./sketch";
import { FIRST } from "./spec";
import { useDryRun } from "./useDryRun";
import { useInitial } from "./useInitial";

/** A network as a form and as JSON, with what the service would make of it beside. */
export function BuildPage({ query }: PageProps) {
  const description = useLoaded("openapi", describe);
  const { fits, ...run } = useDryRun(spec.value);
  const initial = useInitial(spec.value, fits);
  const sketch = sketchOf(spec.value, fits?.shapes ?? null, initial);
  const data = play.value;
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [isCreating, setCreating] = useState(false);
  const { mark, isMarked } = useMarks();
  useEffect(() => void begin(query, setRefusal), [query.starter, query.from, query.spec, query.data]);
  useEffect(() => {
    const linked = stateOf(query);
    if (linked) restore(linked);
  }, [query]);

  async function create(): Promise<void> {
    setCreating(true);
    setRefusal(null);
    try {
      if (data) {
        const job = await trained(spec.value, data);
        forget();
        go(to("/jobs", job));
        return;
      }
      const network = await createNetwork(spec.value);
      forget();
      go(to("/networks", network.name, "train"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setRefusal(error);
      setCreating(false);
    }
  }

  if (!description.value)
    return description.problem ? (
      <ProblemNote problem={description.problem} retry={description.again} />
    ) : (
      <p class="quiet">{t("loading")}</p>
    );
  const known = description.value;
  const isWrong = isMarked || run.problem !== null || textFault.value !== null;
  const creation = (
    <>
      {refusal && <ProblemNote problem={refusal} />}
      <div class="row build-create">
        <button
          type={data ? "button" : "submit"}
          class="button-main"
          disabled={isCreating || isWrong}
          onClick={data ? () => void create() : undefined}
        >
          {t(data ? "build.create.train" : "build.create")}
        </button>
        {isWrong ? (
          <span class="small quiet">{t("build.create.not_yet")}</span>
        ) : (
          data && <span class="small quiet">{t("build.train.help")}</span>
        )}
      </div>
    </>
  );
  return (
    <div class="stack build">
      <div class="row row-between">
        <h1>{t("build.title")}</h1>
        <span class="row">
          <CopyButton text={() => location.href} label={t("build.link")} />
          <button type="button" onClick={() => write(FIRST, null)}>
            {t("build.again")}
          </button>
        </span>
      </div>
      {addressOf({ spec: spec.value, play: data }) === BARE && <p class="note small">{t("build.link.long")}</p>}
      <div class="build-picture">
        <DataPanel />
        <BuildDrawing {...{ sketch, fits }} isKnown={initial !== null} description={known} problem={run.problem} />
        {data && fits && initial && <BuildSurface {...{ sketch, data }} />}
        {data && (
          <section class="stack build-train" aria-label={t("build.train")}>
            <PlayOptions data={data} />
            {creation}
          </section>
        )}
      </div>
      <div class="split">
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (!data) void create();
          }}
        >
          <Marks.Provider value={mark}>
            <NetworkFields description={known} problem={run.problem} />
            <h2>{t("build.layers")}</h2>
            <p class="quiet small">{t("build.layers.help")}</p>
            <ol class="layers">
              {spec.value.layers.map((layer, index) => (
                <LayerCard
                  key={keys.value[index]}
                  {...{ layer, index }}
                  description={known}
                  count={spec.value.layers.length}
                  shape={run.answer?.shapes.length === spec.value.layers.length ? run.answer.shapes[index] : undefined}
                  problem={run.problem}
                />
              ))}
            </ol>
          </Marks.Provider>
          <AddLayer description={known} />
          {!data && creation}
        </form>
        <div class="stack aside">
          <DryRunPanel {...run} />
          <SpecText />
          <CurlLine
            path="/networks"
            body={data ? requestOf(spec.value, data) : spec.value}
            shown={data ? shownOf(spec.value, data) : spec.value}
          />
        </div>
      </div>
    </div>
  );
}
