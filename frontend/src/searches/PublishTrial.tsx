import { useState } from "preact/hooks";
import { publishTrial, type Search } from "../api/searches";
import { Field } from "../forms/Field";
import { ProblemNote } from "../parts/ProblemNote";
import { useSaving } from "../parts/useSaving";
import { go, to } from "../shell/router";
import { t } from "../texts/texts";

/** Makes a trial a network with a name, from whose weights predictions come. */
export function PublishTrial({ search, trial }: { search: Search; trial: number }) {
  const [name, setName] = useState(`${search.name}-best`);
  const { save, isBusy, problem } = useSaving(async () => {
    const { network, job } = await publishTrial(search.name, name, trial);
    go(job ? to("/jobs", job) : to("/networks", network));
  });
  const keepsNoWeights = "folds" in search.training || search.repeats > 1;
  return (
    <form class="stack" onSubmit={save}>
      <Field
        label={t("searches.publish.name", { trial })}
        help={t("searches.publish.help")}
        faults={problem?.at("#/network") ?? []}
      >
        {(described) => (
          <input
            {...described}
            class="narrow"
            type="text"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      {keepsNoWeights && <p class="small quiet">{t("searches.publish.twice")}</p>}
      {problem && <ProblemNote problem={problem} />}
      <p>
        <button type="submit" class="button-main" disabled={isBusy || name === ""}>
          {t("searches.publish.do", { trial })}
        </button>
      </p>
    </form>
  );
}
