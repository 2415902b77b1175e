/** The network of a training with another activation, trained on the same rows with the same options. */

import { getJobRows, type JobRows } from "../api/jobs";
import { createNetwork } from "../api/networks";
import { askedOptions } from "../api/options";
import { Problem } from "../api/problem";
import type { Job, Network } from "../api/types";
import type { Rows } from "../rows/types";
import { type Changes, nextName, optionsOf, type Settings, withActivation } from "./changes";

const MOST_TRIES = 30;
const MOST_ROWS = 2000;

/** The id of its job; null where the rows cannot be had any more. */
export async function trainOther(
  network: Network,
  job: Job,
  now: Settings,
  changes: Changes & { activation: string },
  pace: number | null,
): Promise<string | null> {
  const { dataset } = job.options as { dataset?: string | null };
  const rows = dataset ? { dataset } : await rowsOfJob(network, job);
  if (!rows) return null;
  const { optimizer, ...options } = optionsOf(now, changes);
  const asked = askedOptions(job);
  const train = {
    ...asked,
    ...rows,
    optimizer: { ...(asked.optimizer as object), ...(optimizer as object | undefined) },
    ...options,
    epochs_per_second: pace,
  };
  for (let number = 2; ; number += 1) {
    try {
      const spec = withActivation(network, changes.activation, nextName(network.name, number));
      return (await createNetwork({ ...spec, train })).job!;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409 || number > MOST_TRIES) throw error;
    }
  }
}

/** Where they are few enough to be had whole, and the network sees them as they were given; the same rows are held out. */
async function rowsOfJob(network: Network, job: Job): Promise<{ data: Rows; validation?: Rows } | null> {
  if (network.table || job.rows > MOST_ROWS) return null;
  const { data, rows, validation_rows, test_rows } = await getJobRows(job.id, MOST_ROWS);
  if (test_rows > 0 || data.length < rows + validation_rows) return null;
  const validation = { validation: rowsOf(data, "validation") };
  return { data: rowsOf(data, "training"), ...(validation_rows > 0 && validation) };
}

function rowsOf(data: JobRows["data"], part: "training" | "validation"): Rows {
  const ordered = data.filter((row) => row.part === part).toSorted((a, b) => a.row - b.row);
  return { inputs: ordered.map((row) => row.inputs), targets: ordered.map((row) => row.targets) };
}
