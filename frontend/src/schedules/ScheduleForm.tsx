import { useState } from "preact/hooks";
import { may } from "../api/caller";
import type { Dataset } from "../api/datasets";
import { listJobs } from "../api/jobs";
import { keepsWeights } from "../api/options";
import { Problem } from "../api/problem";
import { createSchedule } from "../api/schedules";
import type { Job, Network } from "../api/types";
import { Field } from "../forms/Field";
import { CurlLine } from "../parts/CurlLine";
import { ago, whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { type TextKey, t } from "../texts/texts";
import { bodyOf, type Chosen, PRESETS } from "./schedule";

interface Props {
  networks: Network[];
  datasets: Dataset[];
  network: string | undefined;
  onMade: () => void;
}

const SHOWN_JOBS = 20;

/** When, which network, on which data set, with the options of which training. */
export function ScheduleForm({ networks, datasets, network, onMade }: Props) {
  const [chosen, setChosen] = useState<Chosen>(() => begun(networks, network));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const set = (changes: Partial<Chosen>) => setChosen((before) => ({ ...before, ...changes }));
  const jobs = useLoaded(`trainings of ${chosen.network}`, () =>
    listJobs({ network: chosen.network, limit: SHOWN_JOBS }),
  ).value;
  const dataset = chosen.dataset || trainedOn(jobs?.data[0], datasets) || datasets[0]?.name || "";
  const trainings = (jobs?.data ?? []).filter(keepsWeights);
  const like = chosen.like === undefined ? (trainings[0] ?? null) : chosen.like;
  const body = bodyOf({ ...chosen, dataset, like });
  const faults = (pointer: string) => problem?.at(`#/${pointer}`) ?? [];
  const preset = Object.entries(PRESETS).find(([, cron]) => cron === chosen.cron)?.[0] ?? "";

  async function make(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await createSchedule(body);
      setProblem(null);
      set({ name: "" });
      onMade();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setBusy(false);
  }

  return (
    <form class="stack" onSubmit={(event) => void make(event)}>
      <div class="fields">
        <Field label={t("schedules.network")} faults={faults("train/network")}>
          {(described) => (
            <select
              {...described}
              value={chosen.network}
              onChange={(event) => {
                set({ network: event.currentTarget.value, dataset: "", like: undefined });
              }}
            >
              {networks.map(({ name }) => (
                <option value={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("schedules.dataset")} help={t("schedules.dataset.help")} faults={faults("train/dataset")}>
          {(described) => (
            <select {...described} value={dataset} onChange={(event) => set({ dataset: event.currentTarget.value })}>
              {datasets.map(({ name }) => (
                <option value={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("schedules.options")}>
          {(described) => (
            <select
              {...described}
              value={like?.id ?? ""}
              onChange={(event) => set({ like: trainings.find(({ id }) => id === event.currentTarget.value) ?? null })}
            >
              <option value="">{t("schedules.options.usual")}</option>
              {trainings.map(({ id, created_at, epochs }) => (
                <option value={id}>{t("schedules.options.of", { ago: ago(created_at), epochs: whole(epochs) })}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("schedules.often")}>
          {(described) => (
            <select
              {...described}
              value={preset}
              onChange={(event) => {
                const cron = PRESETS[event.currentTarget.value as keyof typeof PRESETS];
                if (cron) set({ cron });
              }}
            >
              {Object.keys(PRESETS).map((name) => (
                <option value={name}>{t(`schedules.often.${name}` as TextKey)}</option>
              ))}
              <option value="">{t("schedules.often.other")}</option>
            </select>
          )}
        </Field>
        <Field label={t("schedules.cron")} help={t("schedules.cron.help")} faults={faults("cron")}>
          {(described) => (
            <input
              {...described}
              class="mono"
              value={chosen.cron}
              onInput={(event) => set({ cron: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={t("schedules.timezone")} faults={faults("timezone")}>
          {(described) => (
            <input
              {...described}
              value={chosen.timezone}
              onInput={(event) => set({ timezone: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={t("schedules.name")} faults={faults("name")}>
          {(described) => (
            <input {...described} value={chosen.name} onInput={(event) => set({ name: event.currentTarget.value })} />
          )}
        </Field>
      </div>
      <Field label={t("schedules.if_changed")} isCheck>
        {(described) => (
          <input
            {...described}
            type="checkbox"
            checked={chosen.ifChanged}
            onChange={(event) => set({ ifChanged: event.currentTarget.checked })}
          />
        )}
      </Field>
      {may("manage") && (
        <Field label={t("schedules.promote")} help={t("schedules.promote.help")} isCheck>
          {(described) => (
            <input
              {...described}
              type="checkbox"
              checked={chosen.promotes}
              onChange={(event) => set({ promotes: event.currentTarget.checked })}
            />
          )}
        </Field>
      )}
      {problem && <ProblemNote problem={problem} />}
      <p>
        <button type="submit" class="button-main" disabled={isBusy}>
          {t("schedules.make")}
        </button>
      </p>
      <CurlLine path="/schedules" body={body} />
    </form>
  );
}

function begun(networks: Network[], asked: string | undefined): Chosen {
  return {
    name: "",
    cron: PRESETS.daily,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    network: (networks.find(({ name }) => name === asked) ?? networks[0])?.name ?? "",
    dataset: "",
    like: undefined,
    ifChanged: true,
    promotes: false,
  };
}

/** The data set of its newest training, where that is still there. */
function trainedOn(job: Job | undefined, datasets: Dataset[]): string | undefined {
  const { dataset } = (job?.options ?? {}) as { dataset?: { name: string } | null };
  return datasets.find(({ name }) => name === dataset?.name)?.name;
}
