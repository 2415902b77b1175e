import { isObject } from "../api/options";
import type { Problem } from "../api/problem";
import type { Source } from "../rows/source";

/** What every input of the form is handed: all options, a way to set one (undefined takes it out), and what is wrong. */
export interface OptionProps {
  options: Record<string, unknown>;
  set: (name: string, value: unknown) => void;
  problem: Problem | null;
}

/** Without columns that the rows do not have: what is not shown is not sent either. */
export function fitting(options: Record<string, unknown>, source: Source): Record<string, unknown> {
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
