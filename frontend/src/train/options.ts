import { isObject } from "../api/options";
import type { Problem } from "../api/problem";
import { speaksNames } from "../api/table";
import type { Network } from "../api/types";
import { nameOf } from "../forms/named";
import { usualPace } from "../live/pace";
import type { Source } from "../rows/source";

/** What every input of the form is handed: all options, a way to set one (undefined takes it out), and what is wrong. */
export interface OptionProps {
  options: Record<string, unknown>;
  set: (name: string, value: unknown) => void;
  problem: Problem | null;
}

/** Whether a network answers with classes and not with numbers. */
export const isOfClasses = (network: Network): boolean =>
  network.labels !== null || ["cross_entropy", "binary_cross_entropy", "hinge"].includes(nameOf(network.loss) ?? "");

/** What a cross-validation has no use for: every row is held out once, and no weights are kept. */
const UNFIT_FOR_FOLDS = ["validation", "test", "promote", "snapshots", "threshold", "calibrate", "start_from"];

/** Of these names, those that have a meaning beside the others. */
export const useful = (names: readonly string[], options: Record<string, unknown>): string[] =>
  names.filter((name) => !options.folds || !UNFIT_FOR_FOLDS.includes(name));

const withoutNames = (values: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

/** Without what folds have no use for, and columns that the rows do not have: what is not shown is not sent either. */
export function fitting(all: Record<string, unknown>, source: Source): Record<string, unknown> {
  const options = all.folds ? withoutNames(all, UNFIT_FOR_FOLDS) : all;
  const columns = source.kind === "dataset" ? (source.info?.columns ?? []) : [];
  const keep = (values: Record<string, unknown>, naming: string[]) =>
    Object.fromEntries(
      Object.entries(values).filter(
        ([name, value]) => !naming.includes(name) || columns.some((column) => column.name === value),
      ),
    );
  const kept = keep(options, ["sample_weight"]);
  const shares = ["validation", "test"].flatMap((name) => {
    const share = kept[name];
    return isObject(share) ? [[name, keep(share, ["group", "time"])]] : [];
  });
  return { ...kept, ...Object.fromEntries(shares) };
}

/** In slow motion where that is worth watching and no other pace was chosen; rows of a table are there to be learnt. */
export function paced(options: Record<string, unknown>, network: Network): Record<string, unknown> {
  if (options.epochs_per_second !== undefined || options.folds || speaksNames(network)) return options;
  const pace = usualPace(network.parameter_count, typeof options.epochs === "number" ? options.epochs : 0);
  return pace === null ? options : { ...options, epochs_per_second: pace };
}
