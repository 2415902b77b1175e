import { createNetwork, listNetworks } from "../api/networks";
import { Problem } from "../api/problem";
import type { Starter } from "./starters";

const MOST_TRIES = 20;

/** Create the starter's network under a free name and train it, in one request; the answer is the job's id. */
export async function begin(starter: Starter): Promise<string> {
  const train = { data: await starter.rows(), ...starter.train };
  const taken = new Set((await listNetworks()).data.map((network) => network.name));
  for (let number = 1, tries = 1; ; number += 1) {
    const name = number === 1 ? starter.id : `${starter.id}-${number}`;
    if (taken.has(name)) continue;
    try {
      const { job } = await createNetwork({ name, tags: { starter: starter.id }, ...starter.network, train });
      return job!;
    } catch (error) {
      // Taken by someone else meanwhile, or by an older network than those listed.
      const isTaken = error instanceof Problem && error.status === 409;
      tries += 1;
      if (!isTaken || tries > MOST_TRIES) throw error;
    }
  }
}
