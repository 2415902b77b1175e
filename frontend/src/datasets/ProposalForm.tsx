import { useRef, useState } from "preact/hooks";
import { type Dataset, type Proposal, propose, referenceOf } from "../api/datasets";
import { Field } from "../forms/Field";
import { Marks, useMarks } from "../forms/marks";
import { NumberField } from "../forms/NumberField";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { setQuery } from "../shell/router";
import { t } from "../texts/texts";
import { Proposed } from "./Proposed";

const MOST_MEMBERS = 64;
const MEMBERS = { type: "integer", minimum: 1, maximum: MOST_MEMBERS } as const;

/** Which column to predict? The service proposes a network and a training, to be taken or changed. */
export function ProposalForm({ dataset, target: asked }: { dataset: Dataset; target: string | undefined }) {
  const [target, setTarget] = useState(asked ?? "");
  const [members, setMembers] = useState<number | null>(null);
  const { mark } = useMarks();
  const { value, problem, again } = useLoaded(
    target ? `proposal ${dataset.id} ${target} ${members ?? 1}` : null,
    async (signal) => ({ target, proposal: await propose(referenceOf(dataset), target, members, signal) }),
  );
  const proposal = useLatest(value, target);
  return (
    <section class="stack">
      <h2>{t("proposal.title")}</h2>
      <Marks.Provider value={mark}>
        <div class="fields">
          <Field label={t("proposal.target")} help={t("proposal.target.help")}>
            {(described) => (
              <select
                {...described}
                value={target}
                onChange={(event) => {
                  setTarget(event.currentTarget.value);
                  setQuery({ target: event.currentTarget.value || null });
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
          {target !== "" && (
            <NumberField
              label={t("proposal.members")}
              help={t("proposal.members.help")}
              bounds={MEMBERS}
              value={members}
              placeholder="1"
              onValue={setMembers}
            />
          )}
        </div>
      </Marks.Provider>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {proposal && !problem && <Proposed key={target} {...{ dataset, target, proposal }} />}
    </section>
  );
}

interface Loaded {
  target: string;
  proposal: Proposal;
}

/** The last proposal for this target, while the next one is on its way. */
function useLatest(value: Loaded | null, target: string): Proposal | null {
  const latest = useRef<Loaded | null>(null);
  if (value) latest.current = value;
  return latest.current?.target === target ? latest.current.proposal : null;
}
