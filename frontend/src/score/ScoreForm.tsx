import { useState } from "preact/hooks";
import type { Dataset } from "../api/datasets";
import { startPrediction } from "../api/jobs";
import { Problem } from "../api/problem";
import { inputColumns } from "../api/table";
import type { Network } from "../api/types";
import { listVersions } from "../api/versions";
import { Field } from "../forms/Field";
import { CurlLine } from "../parts/CurlLine";
import { whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { go, to } from "../shell/router";
import { type TextKey, t } from "../texts/texts";
import { VersionOptions } from "../versions/VersionOptions";
import { bodyOf, type Chosen, columnsReadBy, firstInputs } from "./body";
import { CarriedColumns } from "./CarriedColumns";
import { InputColumns } from "./InputColumns";

interface Props {
  networks: Network[];
  datasets: Dataset[];
  query: Record<string, string>;
}

/** Network, weights, data set, and what the new data set is to hold. */
export function ScoreForm({ networks, datasets, query }: Props) {
  const [chosen, setChosen] = useState<Chosen>(() => begun(networks, datasets, query));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const set = (changes: Partial<Chosen>) => setChosen((before) => ({ ...before, ...changes }));
  const network = networks.find(({ name }) => name === chosen.network);
  const dataset = datasets.find(({ name }) => name === chosen.dataset);
  const versions = useLoaded(`versions of ${chosen.network}`, (signal) => listVersions(chosen.network, signal)).value;
  if (!network || !dataset) return null;
  const read = columnsReadBy(network, dataset);
  const inputs = read ? null : (chosen.inputs ?? firstInputs(network, dataset.columns));
  const body = bodyOf({ ...chosen, inputs });
  const faults = (name: string) => problem?.at(`#/${name}`) ?? [];

  async function start(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      go(to("/jobs", (await startPrediction(body)).id));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <form class="stack" onSubmit={(event) => void start(event)}>
      <div class="fields">
        <Field label={t("score.network")} faults={faults("network")}>
          {(described) => (
            <select
              {...described}
              value={chosen.network}
              onChange={(event) => set({ network: event.currentTarget.value, snapshot: "live", inputs: null })}
            >
              {networks.map(({ name }) => (
                <option value={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("score.weights")} faults={faults("snapshot")}>
          {(described) => (
            <select
              {...described}
              value={chosen.snapshot}
              onChange={(event) => set({ snapshot: event.currentTarget.value })}
            >
              <option value="live">{t("weights.live")}</option>
              {versions && <VersionOptions versions={versions.data} />}
            </select>
          )}
        </Field>
        <Field label={t("score.dataset")} faults={faults("dataset")}>
          {(described) => (
            <select
              {...described}
              value={chosen.dataset}
              onChange={(event) => set({ dataset: event.currentTarget.value, columns: null, inputs: null })}
            >
              {datasets.map(({ name, rows }) => (
                <option value={name}>{t("score.dataset.of", { name, count: whole(rows) })}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("score.name")} help={t("score.name.help")} faults={faults("name")}>
          {(described) => (
            <input {...described} value={chosen.name} onInput={(event) => set({ name: event.currentTarget.value })} />
          )}
        </Field>
      </div>
      {inputs && <InputColumns {...{ network, dataset, inputs }} onInputs={(inputs) => set({ inputs })} />}
      <CarriedColumns
        columns={dataset.columns.filter(
          ({ name }) => !(inputs ?? read ?? []).includes(name) || chosen.columns?.includes(name),
        )}
        chosen={chosen.columns}
        onChosen={(columns) => set({ columns })}
      />
      {network.labels && (
        <Field label={t("score.probabilities")} isCheck>
          {(described) => (
            <input
              {...described}
              type="checkbox"
              checked={chosen.probabilities}
              onChange={(event) => set({ probabilities: event.currentTarget.checked })}
            />
          )}
        </Field>
      )}
      {problem && <ProblemNote problem={problem} placeOf={placeIn} />}
      <p>
        <button type="submit" class="button-main" disabled={isBusy}>
          {isBusy ? t("score.starting") : t("score.start", { count: whole(dataset.rows) })}
        </button>
      </p>
      <CurlLine path="/predictions" body={body} />
    </form>
  );
}

/** Of a network and no data set, the newest one that has its columns. */
function begun(networks: Network[], datasets: Dataset[], query: Record<string, string>): Chosen {
  const network = networks.find(({ name }) => name === query.network) ?? networks[0];
  const named = datasets.find(({ name }) => name === query.dataset);
  const fitting = datasets.find((dataset) => network && hasColumns(dataset, network));
  return {
    network: network?.name ?? "",
    dataset: (named ?? fitting ?? datasets[0])?.name ?? "",
    snapshot: "live",
    name: "",
    columns: null,
    inputs: null,
    probabilities: true,
  };
}

const hasColumns = ({ columns }: Dataset, network: Network): boolean =>
  inputColumns(network).every(({ name }) => columns.some((column) => column.name === name));

const PLACES: Record<string, TextKey> = {
  network: "score.network",
  snapshot: "score.weights",
  dataset: "score.dataset",
  name: "score.name",
  columns: "score.columns",
  inputs: "score.inputs",
};

/** A fault of the data set is about its columns, and names them itself. */
function placeIn([first = ""]: string[]): string | null {
  const text = PLACES[first];
  return text ? t(text) : null;
}
