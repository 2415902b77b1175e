import { useMemo } from "preact/hooks";
import { getNetwork } from "../api/networks";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { NetworkTabs } from "../shell/NetworkTabs";
import { type PageProps, setQuery } from "../shell/router";
import "../styles/drawing.css";
import "../styles/inside.css";
import "../texts/inside";
import { t } from "../texts/texts";
import { Inside } from "./Inside";
import { inputNamesOf } from "./model";
import { Scrubber } from "./Scrubber";
import { useRows } from "./useRows";
import { useSnapshots } from "./useSnapshots";
import { useWeights } from "./useWeights";

/** A network as its weights make it, at any epoch of a training. */
export function InsidePage({ params, query }: PageProps) {
  const name = params.network ?? "";
  const loaded = useLoaded(name, (signal) => getNetwork(name, signal));
  const network = loaded.value;
  const rows = useRows(network, query.job ?? null);
  const job = rows === undefined ? undefined : (query.job ?? rows?.job ?? null);
  const snapshots = useSnapshots(name, job);
  const list = snapshots.value?.snapshots ?? [];
  const wanted = list.findIndex(({ epoch }) => epoch === Number(query.epoch));
  const at = query.epoch !== undefined && wanted >= 0 ? wanted : list.length - 1;
  const shown = useWeights(network, list[at]?.id ?? null);
  const { weights } = shown;
  const known = useMemo(() => rows?.rows ?? [], [rows]);
  const names = rows?.names ?? (network ? inputNamesOf(network) : []);
  const trouble = [loaded, snapshots, shown].find(({ problem }) => problem);
  const isBare = snapshots.value?.snapshots.length === 0;
  const go = (next: number) => setQuery({ epoch: next === list.length - 1 ? null : (list[next]?.epoch ?? null) });
  return (
    <>
      <NetworkTabs network={name} here="inside" />
      <div class="stack-wide">
        <div class="stack">
          <h1>{t("inside.question")}</h1>
          {trouble?.problem && <ProblemNote problem={trouble.problem} retry={trouble.again} />}
          {network && list.length > 0 && (
            <Scrubber
              network={network}
              job={job ?? null}
              snapshots={list}
              at={at}
              isLive={snapshots.value?.isLive ?? false}
              onGo={go}
            />
          )}
        </div>
        {network && weights ? (
          <Inside network={network} weights={weights} rows={known} names={names} />
        ) : (
          !trouble && <p class="quiet">{t(isBare ? "inside.no_weights" : "loading")}</p>
        )}
      </div>
    </>
  );
}
