/** The files that were uploaded in this visit: each can be read again, its columns taken for something else. */
import { type ColumnTypes, type Dataset, deleteDataset, listDatasets, renameDataset, upload } from "../api/datasets";
import { listJobs } from "../api/jobs";
import { Problem } from "../api/problem";
import { t } from "../texts/texts";

/** What the service reads. */
export const TYPES = ".csv,.tsv,.txt,.parquet,.arrow,.feather,.json,.ndjson,.jsonl,.npz,.xlsx,.xls,.ods,.gz";

interface Held {
  file: File;
  types: ColumnTypes;
  /** Whether this visit has made the data set: an older one may be anybody's. */
  isOwn: boolean;
  /** The data set of the same file beside which it stands. */
  beside?: string | undefined;
}

const held = new Map<string, Held>();
const MOST_LISTED = 100;

export const heldFor = (dataset: Dataset): Held | undefined => held.get(dataset.id);

export async function read(file: File, types: ColumnTypes = {}, name?: string): Promise<Dataset> {
  const { dataset, isNew } = await uploadFilled(file, types, name);
  held.set(dataset.id, { file, types, isOwn: isNew || held.get(dataset.id)?.isOwn === true });
  return dataset;
}

/** The next revision of a name; the file of its newest one makes none. */
export const readRevision = (file: File, name: string) => uploadFilled(file, {}, name, true);

const uploadFilled: typeof upload = async (file, ...options) => {
  if (file.size === 0) throw new Problem("file", 422, "", t("datasets.file.empty"));
  return upload(file, ...options);
};

/** What comes of it takes the place and the name of `before`, where this visit has made that and no training has read it. */
export async function readAgain(before: Dataset, types: ColumnTypes): Promise<Dataset> {
  const { file, types: known, isOwn, beside } = held.get(before.id)!;
  await file
    .slice(0, 1)
    .arrayBuffer()
    .catch(() => {
      throw new Problem("file", 400, "", t("datasets.file.gone"));
    });
  const wanted = await freeName(before.name);
  const dataset = await read(file, { ...known, ...types }, wanted);
  if (dataset.id === before.id) return dataset;
  const isReplaced = isOwn && !(await isTrainedOn(before)) && (await isDeleted(before));
  held.get(dataset.id)!.beside = isReplaced ? beside : before.name;
  return isReplaced && dataset.name === wanted ? renameDataset(dataset.id, before.name) : dataset;
}

async function freeName(name: string): Promise<string> {
  const taken = new Set((await listDatasets(MOST_LISTED)).data.map((dataset) => dataset.name));
  let number = 2;
  while (taken.has(`${name.slice(0, 90)}-${number}`)) number += 1;
  return `${name.slice(0, 90)}-${number}`;
}

async function isTrainedOn({ id }: Dataset): Promise<boolean> {
  const { data } = await listJobs({ limit: MOST_LISTED });
  return data.some(({ options }) => JSON.stringify(options).includes(`"${id}"`));
}

/** Refused where a job has begun with it meanwhile. */
async function isDeleted({ id }: Dataset): Promise<boolean> {
  try {
    await deleteDataset(id);
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return false;
  }
}
