import { useState } from "preact/hooks";
import { Problem } from "../api/problem";
import type { Snapshot } from "../api/types";
import { publish } from "../api/versions";
import { Field } from "../forms/Field";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";
import { snapshotName } from "./snapshotName";

interface Props {
  network: string;
  snapshots: Snapshot[];
  onPublished: () => void;
}

/** Makes a version of a snapshot that is none yet. */
export function PublishForm({ network, snapshots, onPublished }: Props) {
  const [chosen, choose] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const snapshot = snapshots.find(({ id }) => id === chosen) ?? snapshots[0];
  if (!snapshot) return <p class="quiet">{t("versions.publish.all")}</p>;
  async function send(event: Event, { id }: Snapshot): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await publish(network, id, note);
      setNote("");
      setProblem(null);
      onPublished();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setBusy(false);
  }
  return (
    <form class="stack" onSubmit={(event) => void send(event, snapshot)}>
      <p class="quiet small">{t("versions.publish.help")}</p>
      <Field label={t("versions.publish.snapshot")}>
        {(described) => (
          <select
            {...described}
            class="narrow"
            value={snapshot.id}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            {snapshots.map((each) => (
              <option key={each.id} value={each.id}>
                {snapshotName(each)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t("versions.publish.note")}>
        {(described) => (
          <input
            {...described}
            class="narrow"
            maxLength={500}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        )}
      </Field>
      <p>
        <button type="submit" class="button-main" disabled={isBusy}>
          {t("versions.publish.do")}
        </button>
      </p>
      {problem && <ProblemNote problem={problem} />}
    </form>
  );
}
