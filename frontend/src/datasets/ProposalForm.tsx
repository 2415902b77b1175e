import { useRef, useState } from "preact/hooks";
import { type Dataset, type Proposal, propose, referenceOf } from "../api/datasets";
import { startTraining } from "../api/jobs";
import { createNetwork } from "../api/networks";
import { Problem } from "../api/problem";
import { write } from "../build/draft";
import { type Spec, writeSpec } from "../build/spec";
import { Field } from "../forms/Field";
import { Code } from "../parts/Code";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { go, setQuery, to } from "../shell/router";
import "../texts/build";
import { t } from "../texts/texts";

/** Which column to predict? The service proposes a network and a training, to be taken or changed. */
export function ProposalForm({ dataset, target: asked }: { dataset: Dataset; target: string | undefined }) {
  const [target, setTarget] = useState(asked ?? "");
  const { value, problem, again } = useLoaded(target ? `proposal ${dataset.id} ${target}` : null, () =>
    propose(referenceOf(dataset), target),
  );
  const [name, setName] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  /** The network of a click whose training was refused: the next click trains it, since its name is taken now. */
  const made = useRef<string | null>(null);
  const shownName = name ?? String(value?.network.name ?? `${dataset.name}-${target}`);

  const networkOf = (proposal: Proposal) => ({
    ...proposal.network,
    name: shownName,
    tags: { ...(proposal.network.tags as object), dataset: dataset.name },
  });

  async function take(proposal: Proposal): Promise<void> {
    setBusy(true);
    setRefusal(null);
    try {
      made.current ??= (await createNetwork(networkOf(proposal))).name;
      go(to("/jobs", (await startTraining({ ...proposal.train, network: made.current })).id));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setRefusal(error);
      setBusy(false);
    }
  }

  function rename(typed: string | null): void {
    made.current = null;
    setName(typed);
  }

  function change(proposal: Proposal): void {
    write(networkOf(proposal) as unknown as Spec);
    go("#/build");
  }

  return (
    <section class="stack">
      <h2>{t("proposal.title")}</h2>
      <div class="fields">
        <Field label={t("proposal.target")} help={t("proposal.target.help")}>
          {(described) => (
            <select
              {...described}
              value={target}
              onChange={(event) => {
                setTarget(event.currentTarget.value);
                setQuery({ target: event.currentTarget.value || null });
                rename(null);
              }}
            >
              <option value="">{t("proposal.choose")}</option>
              {dataset.columns.map((column) => (
                <option value={column.name}>
                  {column.name} ({t(`type.${column.type}`)})
                </option>
              ))}
            </select>
          )}
        </Field>
        {value && (
          <Field label={t("build.name")} help={t("build.name.help")} faults={refusal?.at("#/name")}>
            {(described) => (
              <input
                {...described}
                type="text"
                value={shownName}
                onInput={(event) => rename(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
      </div>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {value && (
        <>
          <p class="quiet small">{t("proposal.help")}</p>
          {value.warnings?.map((warning) => (
            <p class="note note-warn">{warning}</p>
          ))}
          <div class="proposal">
            <Code label={t("proposal.network")}>{writeSpec(networkOf(value))}</Code>
            <Code label={t("proposal.train")}>{writeSpec({ ...value.train, network: shownName })}</Code>
          </div>
          {refusal && <ProblemNote problem={refusal} />}
          <div class="row">
            <button type="button" class="button-main" disabled={isBusy} onClick={() => void take(value)}>
              {isBusy ? t("train.starting") : t("proposal.take")}
            </button>
            <button type="button" onClick={() => change(value)}>
              {t("proposal.change")}
            </button>
          </div>
        </>
      )}
    </section>
  );
}
