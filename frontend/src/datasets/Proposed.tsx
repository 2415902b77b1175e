import { useRef, useState } from "preact/hooks";
import { type Dataset, type Proposal, referenceOf } from "../api/datasets";
import { startTraining } from "../api/jobs";
import { createNetwork } from "../api/networks";
import { write } from "../build/draft";
import { type Spec, writeSpec } from "../build/spec";
import { Recipes } from "../ensemble/Recipes";
import { recipesIn } from "../ensemble/recipes";
import { Field } from "../forms/Field";
import { Code } from "../parts/Code";
import { ProblemNote } from "../parts/ProblemNote";
import { useAct } from "../parts/useAct";
import { BeginSearch } from "../searches/BeginSearch";
import { go, to } from "../shell/router";
import "../texts/build";
import { t } from "../texts/texts";
import { Offers } from "./Offers";
import { ProposedColumns } from "./ProposedColumns";
import { membersReasons } from "./proposed";

interface Props {
  dataset: Dataset;
  target: string;
  proposal: Proposal;
}

/** What the service proposes, with its reasons; to be taken as it is, changed first, or searched around. */
export function Proposed({ dataset, target, proposal }: Props) {
  const [name, setName] = useState(String(proposal.network.name ?? `${dataset.name}-${target}`));
  const [offer, setOffer] = useState<number | null>(null);
  const { act, isBusy, problem, forget } = useAct();
  /** The network of a click whose training was refused: the next click trains it, since its name is taken now. */
  const made = useRef<string | null>(null);
  const offers = proposal.offers ?? [];
  const recipes = recipesIn(proposal.network.members);
  const network = {
    ...proposal.network,
    name,
    tags: { ...(proposal.network.tags as object), dataset: dataset.name },
  };
  const train = { ...proposal.train, ...(offer !== null && offers[offer]?.train), network: name };

  async function take(): Promise<void> {
    made.current ??= (await createNetwork(network)).name;
    go(to("/jobs", (await startTraining({ ...train, network: made.current })).id));
  }

  return (
    <>
      <p class="quiet small">{t("proposal.help")}</p>
      {(proposal.warnings ?? [])
        .filter((warning) => !dataset.warnings.includes(warning))
        .map((warning) => (
          <p class="note note-warn" lang="en">
            {warning}
          </p>
        ))}
      <Offers offers={offers} chosen={offer} choose={setOffer} />
      <ProposedColumns proposal={proposal} />
      {recipes.length > 0 && (
        <div class="stack-tight">
          <h3>{t("proposal.recipes")}</h3>
          <Recipes recipes={recipes} />
          {membersReasons(proposal).map((reason) => (
            <p class="small" lang="en">
              {reason}
            </p>
          ))}
        </div>
      )}
      <details>
        <summary>{t("proposal.requests")}</summary>
        <div class="proposal layer-more">
          <Code label={t("proposal.network")}>{writeSpec(network)}</Code>
          <Code label={t("proposal.train")}>{writeSpec(train)}</Code>
        </div>
      </details>
      <div class="fields">
        <Field label={t("build.name")} help={t("build.name.help")} faults={problem?.at("#/name") ?? []}>
          {(described) => (
            <input
              {...described}
              type="text"
              value={name}
              onInput={(event) => {
                made.current = null;
                forget();
                setName(event.currentTarget.value);
              }}
            />
          )}
        </Field>
      </div>
      {problem && <ProblemNote problem={problem} />}
      <div class="row">
        <button type="button" class="button-main" disabled={isBusy} onClick={() => void act(take)}>
          {isBusy ? t("train.starting") : t("proposal.take")}
        </button>
        <button
          type="button"
          onClick={() => {
            write(network as unknown as Spec);
            go("#/build");
          }}
        >
          {t("proposal.change")}
        </button>
      </div>
      <BeginSearch dataset={referenceOf(dataset)} target={target} metrics={metricsOf(proposal)} />
    </>
  );
}

/** By name, those that a training notes of each epoch. */
const metricsOf = ({ train }: Proposal): string[] =>
  (Array.isArray(train.metrics) ? train.metrics : []).filter((metric) => typeof metric === "string");
