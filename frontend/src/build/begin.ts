/** What the page begins with, and what it ends in. */
import { createNetwork, getNetwork } from "../api/networks";
import { Problem } from "../api/problem";
import { dataOfTag, featuresOf } from "../inside/playground";
import { nextName } from "../live/changes";
import { setAddress } from "../shell/router";
import { STARTERS } from "../starters/starters";
import { restore } from "./draft";
import { addressOf, type State } from "./link";
import { FIRST_PLAY, fitting, PLAY_NETWORK, type Play, playOf, requestOf } from "./play";
import { type Spec, specOf } from "./spec";

const MOST_TRIES = 50;

/** Created and trained in one request, under the next name that is free; the answer is the job's id. */
export async function trained(spec: Spec, data: Play): Promise<string> {
  const { name } = spec;
  for (let number = 1; ; number += 1) {
    try {
      const free = number === 1 ? name : nextName(String(name), number);
      return (await createNetwork(requestOf({ ...spec, name: free }, data))).job!;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409 || number >= MOST_TRIES) throw error;
    }
  }
}

/** Begin with a starter, a data set or a network that is there, where the address asks for it; once, so that edits stay. */
export async function begin(query: Record<string, string>, refuse: (problem: Problem) => void): Promise<void> {
  if (query.spec !== undefined) return;
  const first = await firstOf(query).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    refuse(error);
    return null;
  });
  if (!first) return;
  setAddress(addressOf(first));
  restore(first);
}

async function firstOf(query: Record<string, string>): Promise<State | null> {
  const starter = STARTERS.find((each) => each.id === query.starter);
  if (starter) {
    const spec = { name: starter.id, tags: { starter: starter.id }, ...starter.network } as unknown as Spec;
    return { spec, play: null };
  }
  if (query.from) {
    const network = await getNetwork(query.from);
    const [data, features] = [dataOfTag(network), featuresOf(network)];
    return { spec: specOf(network), play: data && features ? { ...FIRST_PLAY, ...data, features } : null };
  }
  const play = playOf(query);
  return play && { spec: fitting(PLAY_NETWORK, play), play };
}
