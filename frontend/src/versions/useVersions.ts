import { getNetwork, listSnapshots } from "../api/networks";
import type { AliasMove, Live, Network, Snapshot, Version } from "../api/types";
import { getLive, listMoves, listVersions, PRODUCTION } from "../api/versions";
import { type Loaded, useLoaded } from "../parts/useLoaded";

const LOOK_AGAIN_MS = 5000;

export interface Versions {
  network: Network;
  live: Live;
  versions: Version[];
  /** Of `production`, newest first. */
  moves: AliasMove[];
  /** Those that are not published, newest first. */
  snapshots: Snapshot[];
}

/** What is live, and what else could be; others may change it at any time. */
export const useVersions = (name: string): Loaded<Versions> =>
  useLoaded(
    `versions ${name}`,
    async (signal) => {
      const [network, live, versions, snapshots] = await Promise.all([
        getNetwork(name, signal),
        getLive(name, signal),
        listVersions(name, signal),
        listSnapshots(name, { limit: 100 }),
      ]);
      const moves = live.alias === PRODUCTION ? await listMoves(name, PRODUCTION, signal) : [];
      const published = new Set(versions.data.map(({ snapshot }) => snapshot));
      return {
        network,
        live,
        versions: versions.data,
        moves,
        snapshots: snapshots.data.filter(({ id }) => !published.has(id)),
      };
    },
    () => LOOK_AGAIN_MS,
  );

/** Whether what is live was never trained, given or imported. */
export const isRandom = (network: Network, live: Live): boolean =>
  live.chosen_by === "initial" && !network.explicit_weights;
