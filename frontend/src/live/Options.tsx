import { useState } from "preact/hooks";
import { getJob, isOver, resumeJob, tellJob } from "../api/jobs";
import type { Job, JobStatus, Network } from "../api/types";
import { NumberInput } from "../forms/NumberInput";
import { Pick } from "../forms/Pick";
import { ProblemNote } from "../parts/ProblemNote";
import { useAct } from "../parts/useAct";
import { go, to, withParams } from "../shell/router";
import { t } from "../texts/texts";
import {
  ACTIVATIONS,
  BATCHES,
  type Changes,
  canGoOn,
  changed,
  choicesWith,
  OPTIMIZERS,
  optionsOf,
  RATES,
  settingsOf,
} from "./changes";
import { trainOther } from "./otherNetwork";

interface Props {
  network: Network;
  job: Job;
  status: JobStatus;
  epoch: number;
  pace: number | null;
  onRestart(body: { options: Record<string, unknown> }): Promise<void>;
  /** The job has other options than before. */
  onChanged(): void;
}

const LOOK_MS = 150;

/** The options of a training, each to be changed with one click: to go on, to start again, or for another network. */
export function Options({ network, job, status, epoch, pace, onRestart, onChanged }: Props) {
  const now = settingsOf(job, network);
  const [asked, setAsked] = useState<Changes>({});
  const { act, isBusy, problem } = useAct();
  const [isRowless, setRowless] = useState(false);
  const changes = changed(now, asked);
  const { activation } = changes;
  const shown = { ...now, ...asked };
  const set = (change: Changes) => setAsked({ ...asked, ...change });
  const goOn = () =>
    act(async () => {
      if (status !== "paused") await paused(job.id);
      await resumeJob(job.id, { options: optionsOf(now, changes), epochs_per_second: pace });
      setAsked({});
      onChanged();
    });
  const makeOther = (other: string) =>
    act(async () => {
      const made = await trainOther(network, job, now, { ...changes, activation: other }, pace);
      if (made) go(to("/jobs", made));
      else setRowless(true);
    });
  const isChanged = Object.keys(changes).length > 0;
  return (
    <section class="room-options" aria-label={t("live.options")}>
      <div class="row">
        {now.learning_rate !== null && (
          <Pick
            label={t("live.rate")}
            value={shown.learning_rate!}
            choices={choicesWith(RATES, now.learning_rate)}
            onPick={(learning_rate) => set({ learning_rate })}
          />
        )}
        <Pick
          label={t("live.optimizer")}
          value={shown.optimizer}
          choices={choicesWith(OPTIMIZERS, now.optimizer)}
          onPick={(optimizer) => set({ optimizer })}
        />
        <Pick
          label={t("live.batch")}
          value={shown.batch_size}
          choices={choicesWith<number | string>(BATCHES, now.batch_size) as readonly (number | "full")[]}
          onPick={(batch_size) => set({ batch_size })}
          nameOf={(size) => (size === "full" ? t("live.batch.full") : String(size))}
        />
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the input is inside NumberInput */}
        <label class="room-option">
          <span>{t("live.epochs")}</span>
          <NumberInput
            value={shown.epochs}
            bounds={{ type: "integer", minimum: 1 }}
            onValue={(epochs) => set({ epochs: epochs ?? now.epochs })}
          />
        </label>
        {now.activation !== null && (
          <Pick
            label={t("live.activation")}
            value={shown.activation!}
            choices={choicesWith(ACTIVATIONS, now.activation)}
            onPick={(other) => set({ activation: other })}
          />
        )}
      </div>
      {isChanged && (
        <div class="row" role="status">
          {activation === undefined ? (
            <>
              {!isOver(status) && (
                <button
                  type="button"
                  class="button-main"
                  disabled={isBusy || !canGoOn(changes) || (changes.epochs ?? now.epochs) <= epoch}
                  onClick={() => void goOn()}
                >
                  {t("live.go_on")}
                </button>
              )}
              <button
                type="button"
                disabled={isBusy}
                onClick={() => void act(() => onRestart({ options: optionsOf(now, changes) }))}
              >
                {t("live.start_again")}
              </button>
              {!isOver(status) && !canGoOn(changes) && <span class="small quiet">{t("live.needs_start")}</span>}
            </>
          ) : (
            <>
              <span class="small">{t("live.other_network", { name: network.name, activation: activation ?? "" })}</span>
              <button type="button" class="button-main" disabled={isBusy} onClick={() => void makeOther(activation!)}>
                {t("live.make_other")}
              </button>
            </>
          )}
          <button type="button" class="button-plain" onClick={() => setAsked({})}>
            {t("cancel")}
          </button>
        </div>
      )}
      {isRowless && (
        <p class="small">
          {t("live.no_rows")} <a href={withParams("#/build", { from: network.name })}>{t("nav.build")}</a>
        </p>
      )}
      {problem && <ProblemNote problem={problem} />}
    </section>
  );
}

/** A training that goes on takes other options only where it stands. */
async function paused(job: string): Promise<void> {
  let { status } = await tellJob(job, "pause");
  while (status !== "paused" && !isOver(status)) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    status = (await getJob(job)).status;
  }
}
