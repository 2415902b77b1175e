import { useEffect, useState } from "preact/hooks";
import { createNetwork, getNetwork } from "../api/networks";
import { describe } from "../api/openapi";
import { Problem } from "../api/problem";
import { Marks, useMarks } from "../forms/marks";
import { CurlLine } from "../parts/CurlLine";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { go, type PageProps, setQuery, to } from "../shell/router";
import { STARTERS } from "../starters/starters";
import "../texts/build";
import { t } from "../texts/texts";
import { AddLayer } from "./AddLayer";
import { DryRunPanel } from "./DryRunPanel";
import { forget, keys, spec, textFault, write } from "./draft";
import { LayerCard } from "./LayerCard";
import { NetworkFields } from "./NetworkFields";
import { SpecText } from "./SpecText";
import { FIRST, type Spec, specOf } from "./spec";
import { useDryRun } from "./useDryRun";

/** A network as a form and as JSON, with what the service would make of it beside. */
export function BuildPage({ query }: PageProps) {
  const description = useLoaded("openapi", describe);
  const run = useDryRun(spec.value);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [isCreating, setCreating] = useState(false);
  const { mark, isMarked } = useMarks();
  useEffect(() => void begin(query, setRefusal), [query.starter, query.from]);

  async function create(): Promise<void> {
    setCreating(true);
    setRefusal(null);
    try {
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
  return (
    <div class="stack build">
      <div class="row row-between">
        <h1>{t("build.title")}</h1>
        <button type="button" onClick={() => write(FIRST)}>
          {t("build.again")}
        </button>
      </div>
      <div class="split">
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void create();
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
          {refusal && <ProblemNote problem={refusal} />}
          <div class="row build-create">
            <button
              type="submit"
              class="button-main"
              disabled={isCreating || isMarked || run.problem !== null || textFault.value !== null}
            >
              {t("build.create")}
            </button>
            {(isMarked || run.problem || textFault.value) && (
              <span class="small quiet">{t("build.create.not_yet")}</span>
            )}
          </div>
        </form>
        <div class="stack aside">
          <DryRunPanel {...run} />
          <SpecText />
          <CurlLine path="/networks" body={spec.value} />
        </div>
      </div>
    </div>
  );
}

/** Begin with a starter or with a network that is there, where the address asks for it; once, so that edits stay. */
async function begin(query: Record<string, string>, refuse: (problem: Problem) => void): Promise<void> {
  const starter = STARTERS.find((each) => each.id === query.starter);
  if (starter) write({ name: starter.id, tags: { starter: starter.id }, ...starter.network } as unknown as Spec);
  if (query.from) {
    try {
      write(specOf(await getNetwork(query.from)));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refuse(error);
    }
  }
  if (starter || query.from) setQuery({ starter: null, from: null });
}
