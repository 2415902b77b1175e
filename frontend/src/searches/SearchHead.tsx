import { may } from "../api/caller";
import { isOver, VERBS } from "../api/jobs";
import { isObject } from "../api/options";
import { deleteSearch, type Search, tellSearch } from "../api/searches";
import { nameOf } from "../forms/named";
import { DeleteButton } from "../parts/DeleteButton";
import { short, span, whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { Progress } from "../parts/Progress";
import { StatusWord } from "../parts/StatusWord";
import { useAct } from "../parts/useAct";
import { go, to } from "../shell/router";
import { t } from "../texts/texts";
import { endedOf } from "./trials";
import { targetOf } from "./warm";

/** How far a search is, what it has found, and what it may be told. */
export function SearchHead({ search, onChange }: { search: Search; onChange: () => void }) {
  const { act, problem } = useAct();
  const ended = endedOf(search);
  async function tell(verb: "pause" | "resume" | "cancel"): Promise<void> {
    await act(() => tellSearch(search.name, verb));
    onChange();
  }
  return (
    <div class="stack">
      <div class="row">
        <StatusWord status={search.status} running="searches.running" />
        <span class="small quiet num">
          {t("searches.done", { count: whole(ended), all: whole(search.trials) })}
          {search.eta_seconds !== null &&
            !isOver(search.status) &&
            ` · ${t("watch.eta", { span: span(search.eta_seconds) })}`}
          {search.spent.seconds > 0 && ` · ${t("watch.took", { span: span(search.spent.seconds) })}`}
        </span>
        <span class="spring" />
        {may("train") &&
          VERBS[search.status].map((verb) => (
            <button type="button" onClick={() => void tell(verb)}>
              {t(`verb.${verb}`)}
            </button>
          ))}
        {may("manage") && isOver(search.status) && (
          <DeleteButton
            text={t("delete")}
            sure={t("searches.delete.sure")}
            remove={() => deleteSearch(search.name).then(() => go("#/searches"))}
          />
        )}
      </div>
      <Progress value={ended / search.trials} label={t("searches.progress")} />
      {search.best && (
        <p>
          {t(isOver(search.status) ? "searches.best.was" : "searches.best.is", {
            trial: search.best.trial,
            metric: search.objective.metric,
            value: short(search.best.value),
          })}
        </p>
      )}
      <p class="small quiet">
        {typeof search.training.dataset === "string" && (
          <a href={to("/datasets", search.training.dataset)}>{t("searches.dataset")}</a>
        )}
        {targetOf(search) && ` · ${t("searches.target", { target: targetOf(search) })}`} · {howOf(search)}
      </p>
      {search.error && (
        <p class="note note-bad" role="alert" lang="en">
          {search.error.message}
        </p>
      )}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}

/** By what it chooses and compares. */
function howOf({ sampler, pruner, training, repeats, warm_start }: Search): string {
  const folds = training.folds;
  const count = typeof folds === "number" ? folds : isObject(folds) ? Number(folds.count) : 0;
  const parts = [
    t("searches.how.sampler", { sampler: nameOf(sampler) ?? "" }),
    nameOf(pruner) !== "none" && t("searches.how.pruner", { pruner: nameOf(pruner) ?? "" }),
    count > 0 && t("searches.how.folds", { count }),
    warm_start.length > 0 && t("searches.how.warm", { count: warm_start.length }),
    repeats > 1 && t("searches.how.repeats", { count: repeats }),
  ];
  return parts.filter(Boolean).join(" · ");
}
