import { useEffect, useRef, useState } from "preact/hooks";
import { type Dataset, getDataset, listDatasets } from "../api/datasets";
import { Problem } from "../api/problem";
import { speaksNames } from "../api/table";
import type { Network } from "../api/types";
import { whole } from "../parts/format";
import { heldOut, type Part, type PartName } from "./parts";
import "../texts/rows";
import { t } from "../texts/texts";
import { PasteRows } from "./PasteRows";
import { PlainColumns } from "./PlainColumns";
import { rowsOf } from "./rows";
import type { Source } from "./source";
import type { Rows } from "./types";

interface Props {
  network: Network;
  source: Source;
  onSource: (source: Source) => void;
  /** The data set to begin with, where the address names one. */
  dataset?: string | undefined;
  /** False where only rows that are given inline will do. */
  takesDatasets?: boolean;
  /** Parts of the rows that a training was given, held-out ones first, where they may be chosen. */
  parts?: readonly Part[] | undefined;
}

const NO_PARTS: readonly Part[] = [];

type Way = PartName | "own" | "dataset" | "paste";

/** Which rows: those that belong to the network, a data set, or some that are pasted or opened here. */
export function RowsPicker({ network, source, onSource, dataset, takesDatasets = true, parts = NO_PARTS }: Props) {
  const [own, setOwn] = useState<Rows | null>(null);
  const [datasets, setDatasets] = useState<Dataset[]>([]);
  const [way, setWay] = useState<Way | null>(null);
  /** Counts the choices, so that an answer to an older one changes nothing. */
  const turn = useRef(0);
  const now = turn.current;

  useEffect(() => {
    turn.current += 1;
    const begun = turn.current;
    let isStopped = false;
    void Promise.all([known(rowsOf(network)), takesDatasets ? known(listDatasets()) : null]).then(([rows, page]) => {
      if (isStopped) return;
      const found = page?.data ?? [];
      setOwn(rows);
      setDatasets(found);
      if (turn.current !== begun) return;
      if (parts.length > 0) return choose(heldOut(parts)?.name ?? null, rows);
      const named = dataset ?? datasetOf(network, found);
      if (named) return choose("dataset", rows, named);
      choose(rows ? "own" : "paste", rows);
    });
    return () => {
      isStopped = true;
    };
  }, [network.id, dataset, takesDatasets, parts]);

  function choose(chosen: Way | null, rows = own, name = datasets[0]?.name): void {
    turn.current += 1;
    setWay(chosen);
    if (parts.some(({ name }) => name === chosen)) onSource({ kind: "part", part: chosen ?? "" });
    else if (chosen === "own" && rows) onSource({ kind: "rows", rows });
    else if (chosen === "dataset" && name) void chooseDataset(name);
    else onSource({ kind: "none" });
  }

  async function chooseDataset(name: string): Promise<void> {
    turn.current += 1;
    const chosen = turn.current;
    onSource({ kind: "dataset", dataset: name, info: null });
    const info = await known(getDataset(name));
    if (turn.current === chosen) onSource({ kind: "dataset", dataset: name, info });
  }

  return (
    <fieldset class="stack">
      <legend class="visually-hidden">{t("rows.title")}</legend>
      <div class="segments">
        {parts.map(({ name, rows }) => (
          <Segment way={name} now={way} choose={choose} text={t(`rows.part.${name}`, { count: whole(rows) })} />
        ))}
        {own && parts.length === 0 && (
          <Segment way="own" now={way} choose={choose} text={t("rows.own", { count: whole(own.inputs.length) })} />
        )}
        {datasets.length > 0 && <Segment way="dataset" now={way} choose={choose} text={t("rows.dataset")} />}
        <Segment way="paste" now={way} choose={choose} text={t("rows.paste")} />
      </div>
      {way === "dataset" && (
        <select
          class="narrow"
          aria-label={t("rows.dataset")}
          value={source.kind === "dataset" ? source.dataset : ""}
          onChange={(event) => void chooseDataset(event.currentTarget.value)}
        >
          {datasets.map(({ name, rows }) => (
            <option value={name}>{t("rows.dataset.of", { name, count: whole(rows) })}</option>
          ))}
        </select>
      )}
      {way === "dataset" && source.kind === "dataset" && source.info && !speaksNames(network) && (
        <PlainColumns {...{ network, source, onSource }} info={source.info} />
      )}
      {way === "paste" && <PasteRows network={network} onSource={(read) => turn.current === now && onSource(read)} />}
    </fieldset>
  );
}

function Segment({ way, now, choose, text }: { way: Way; now: Way | null; choose: (way: Way) => void; text: string }) {
  return (
    <label class="segment">
      <input type="radio" class="visually-hidden" name="rows" checked={way === now} onChange={() => choose(way)} />
      {text}
    </label>
  );
}

/** Null where the service cannot tell: there are other ways to rows. */
async function known<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** The data set it was proposed for (a tag says which), or else the newest whose columns hold all its features. */
function datasetOf(network: Network, datasets: Dataset[]): string | undefined {
  const features = network.features ?? [];
  const fits = (each: Dataset) =>
    features.length > 0 && features.every((feature) => each.columns.some((column) => column.name === feature));
  return (datasets.find((each) => each.name === network.tags.dataset) ?? datasets.find(fits))?.name;
}
