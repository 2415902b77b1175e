import { startTraining } from "../api/jobs";
import { createNetwork, deleteNetwork, listNetworks } from "../api/networks";
import { Problem } from "../api/problem";
import type { Job, Network } from "../api/types";
import type { Starter } from "./starters";

const MOST_TRIES = 20;

/** Create the starter's network under a free name and train it. */
export async function begin(starter: Starter): Promise<Job> {
  const rows = await starter.rows();
  const network = await createUnderFreeName(starter);
  try {
    return await startTraining({ network: network.name, data: rows, ...starter.train });
  } catch (error) {
    // A network that could not be trained, with a full queue for one, must not stay behind.
    await deleteNetwork(network.id).catch(() => undefined);
    throw error;
  }
}

async function createUnderFreeName(starter: Starter): Promise<Network> {
  const taken = new Set((await listNetworks()).data.map((network) => network.name));
  for (let number = 1, tries = 1; ; number += 1) {
    const name = number === 1 ? starter.id : `${starter.id}-${number}`;
    if (taken.has(name)) continue;
    try {
      return await createNetwork({ name, tags: { starter: starter.id }, ...starter.network });
    } catch (error) {
      // Taken by someone else meanwhile, or by an older network than those listed.
      const isTaken = error instanceof Problem && error.status === 409;
      tries += 1;
      if (!isTaken || tries > MOST_TRIES) throw error;
    }
  }
}
