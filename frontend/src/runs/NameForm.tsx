import { useState } from "preact/hooks";
import { describeJob } from "../api/jobs";
import type { Job } from "../api/types";
import { Field } from "../forms/Field";
import { ProblemNote } from "../parts/ProblemNote";
import { useSaving } from "../parts/useSaving";
import { t } from "../texts/texts";

/** What a run is called, and what is to be remembered about it. */
export function NameForm({ job, onDone }: { job: Job; onDone: () => void }) {
  const [name, setName] = useState(job.name ?? "");
  const [note, setNote] = useState(job.note ?? "");
  const { save, isBusy, problem } = useSaving(async () => {
    await describeJob(job.id, { name: name.trim() || null, note: note.trim() || null });
    onDone();
  });
  return (
    <form class="stack" onSubmit={save}>
      <div class="fields">
        <Field label={t("runs.name.name")} faults={problem?.at("#/name") ?? []}>
          {(described) => (
            <input {...described} type="text" value={name} onInput={(event) => setName(event.currentTarget.value)} />
          )}
        </Field>
        <Field label={t("runs.name.note")} faults={problem?.at("#/note") ?? []}>
          {(described) => (
            <textarea {...described} rows={2} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
          )}
        </Field>
      </div>
      {problem && <ProblemNote problem={problem} />}
      <p>
        <button type="submit" class="button-main" disabled={isBusy}>
          {t("runs.save")}
        </button>
      </p>
    </form>
  );
}
