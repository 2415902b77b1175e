import { useMemo } from "preact/hooks";
import { getNetwork } from "../api/networks";
import type { Network } from "../api/types";
import { JobRoom } from "../live/JobRoom";
import { epochAt, placeOf, stopsOf } from "../live/stops";
import { Transport } from "../live/Transport";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { NetworkTabs } from "../shell/NetworkTabs";
import { type PageProps, setQuery } from "../shell/router";
import { t } from "../texts/texts";
import { useWatched } from "../watch/useWatched";
import { inputNamesOf } from "./model";
import { OneSnapshot } from "./OneSnapshot";
import { useRows } from "./useRows";
import { useSnapshots } from "./useSnapshots";
import { useWeights } from "./useWeights";
import { WholeNetwork } from "./WholeNetwork";

/** A network in the room of one of its trainings: of the one that is asked for, or of the one behind its weights. */
export function InsidePage({ params, query }: PageProps) {
  const name = params.network ?? "";
  const loaded = useLoaded(name, (signal) => getNetwork(name, signal));
  const network = loaded.value;
  const rows = useRows(query.job ? null : network, null);
  const job = query.job ?? rows?.job;
  if (network && query.snapshot)
    return <OneSnapshot key={query.snapshot} network={network} snapshot={query.snapshot} rows={rows ?? null} />;
  if (network && job) return <RoomOf key={job} network={network} job={job} query={query} />;
  if (network && rows === null) return <Untrained network={network} query={query} />;
  return (
    <>
      <NetworkTabs network={name} here="inside" />
      {loaded.problem ? (
        <ProblemNote problem={loaded.problem} retry={loaded.again} />
      ) : (
        <p class="quiet">{t("loading")}</p>
      )}
    </>
  );
}

interface Props {
  network: Network;
  query: Record<string, string>;
}

function RoomOf({ network, job, query }: Props & { job: string }) {
  const ids = useMemo(() => [job], [job]);
  const watched = useWatched(ids, query);
  const [series] = watched.allSeries;
  if (series) return <JobRoom network={network} series={series} watched={watched} query={query} />;
  return (
    <>
      <NetworkTabs network={network.name} here="inside" />
      {watched.problem ? (
        <ProblemNote problem={watched.problem} retry={watched.again} />
      ) : (
        <p class="quiet">{t("loading")}</p>
      )}
    </>
  );
}

const NO_ROWS: readonly never[] = [];

/** Weights behind which no training is known: initial or imported ones. */
function Untrained({ network, query }: Props) {
  const snapshots = useSnapshots(network.name, null);
  const list = snapshots.value?.snapshots;
  const stops = useMemo(() => stopsOf(list ?? [], []), [list]);
  const at = placeOf(stops, query.epoch);
  const shown = useWeights(network, stops[at]?.snapshot?.id ?? null);
  const trouble = [snapshots, shown].find(({ problem }) => problem);
  return (
    <>
      <NetworkTabs network={network.name} here="inside" />
      <div class="stack-wide">
        <div class="stack">
          <h1>{t("inside.question")}</h1>
          {trouble?.problem && <ProblemNote problem={trouble.problem} retry={trouble.again} />}
          {stops.length > 0 && (
            <Transport
              network={network}
              going={null}
              stops={stops}
              at={at}
              shown={null}
              onGo={(next) => setQuery({ epoch: epochAt(stops, next) })}
            />
          )}
        </div>
        <WholeNetwork
          network={network}
          weights={shown.weights}
          rows={NO_ROWS}
          names={inputNamesOf(network)}
          otherwise={!trouble && <p class="quiet">{t(list?.length === 0 ? "inside.no_weights" : "loading")}</p>}
        />
      </div>
    </>
  );
}
