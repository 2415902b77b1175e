import { useState } from "preact/hooks";
import { describeJob } from "../api/jobs";
import type { Job } from "../api/types";
import { Field } from "../forms/Field";
import { ProblemNote } from "../parts/ProblemNote";
import { useSaving } from "../parts/useSaving";
import { t } from "../texts/texts";

/** Gives every chosen run a tag, or takes one away from all. */
export function TagForm({ jobs, onDone }: { jobs: readonly Job[]; onDone: () => void }) {
  const [text, setText] = useState("");
  const keys = [...new Set(jobs.flatMap(({ tags }) => Object.keys(tags ?? {})))].sort();
  const [key = "", ...rest] = text.split(":");
  const value = rest.join(":").trim();
  const isWhole = key.trim() !== "" && rest.length > 0;
  const change = async (changed: (tags: Record<string, string>) => Record<string, string>) => {
    for (const job of jobs) await describeJob(job.id, { tags: changed(job.tags ?? {}) });
    onDone();
  };
  const adding = useSaving(() => change((tags) => ({ ...tags, [key.trim()]: value })));
  const [gone, setGone] = useState("");
  const removing = useSaving(() =>
    change((tags) => Object.fromEntries(Object.entries(tags).filter(([each]) => each !== gone))),
  );
  const problem = adding.problem ?? removing.problem;
  return (
    <div class="stack">
      <form class="row" onSubmit={adding.save}>
        <Field label={t("runs.tag.label")} help={t("runs.tag.help")}>
          {(described) => (
            <input
              {...described}
              type="text"
              value={text}
              placeholder="team:blue"
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <button type="submit" disabled={adding.isBusy || !isWhole}>
          {t("runs.tag.add")}
        </button>
      </form>
      {keys.length > 0 && (
        <form class="row" onSubmit={removing.save}>
          <Field label={t("runs.tag.remove")}>
            {(described) => (
              <select {...described} value={gone} onChange={(event) => setGone(event.currentTarget.value)}>
                <option value="">{t("none")}</option>
                {keys.map((each) => (
                  <option value={each}>{each}</option>
                ))}
              </select>
            )}
          </Field>
          <button type="submit" disabled={removing.isBusy || gone === ""}>
            {t("remove")}
          </button>
        </form>
      )}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}
