/**
 * Rows to train, evaluate and look at a network with: those kept in this browser, those of the example the network was made
 * from (a tag says which), or those that the job behind its weights was given.
 */
import { getJob, getJobRows } from "../api/jobs";
import { jobBehind } from "../api/networks";
import type { Network } from "../api/types";
import { keep, kept } from "../shell/kept";
import { STARTERS } from "../starters/starters";
import type { Rows } from "./types";

/** Larger tables belong into a data set. */
const MOST_KEPT_CHARACTERS = 1_000_000;
const MOST_ASKED_ROWS = 2000;
const held = new Map<string, Rows>();

/** The rows that belong to a network; null where there are none to be had. */
export async function rowsOf(network: Network): Promise<Rows | null> {
  const known = held.get(network.id);
  if (known) return known;
  const text = kept(`rows.${network.id}`);
  const starter = STARTERS.find((each) => each.id === network.tags.starter);
  const rows: Rows | null = text ? JSON.parse(text) : starter ? await starter.rows() : await rowsOfItsJob(network);
  if (rows) held.set(network.id, rows);
  return rows;
}

/** Remember them for this network; false where there is no room for after a reload. */
export function remember(networkId: string, rows: Rows): boolean {
  held.set(networkId, rows);
  const text = JSON.stringify(rows);
  return text.length <= MOST_KEPT_CHARACTERS && keep(`rows.${networkId}`, text);
}

/** Where they are few enough to be had whole, and the network sees them as they were given. */
async function rowsOfItsJob(network: Network): Promise<Rows | null> {
  if (network.table) return null;
  try {
    const job = await jobBehind(network.id);
    if (!job || (await getJob(job)).rows > MOST_ASKED_ROWS) return null;
    const answer = await getJobRows(job, MOST_ASKED_ROWS);
    if (answer.data.length < answer.rows + answer.validation_rows) return null;
    return { inputs: answer.data.map((row) => row.inputs), targets: answer.data.map((row) => row.targets) };
  } catch {
    // They may be gone with their job or their data set, or not be known yet.
    return null;
  }
}
