import type { Problem } from "../api/problem";

/** What every input of the form is handed: all options, a way to set one (undefined takes it out), and what is wrong. */
export interface OptionProps {
  options: Record<string, unknown>;
  set: (name: string, value: unknown) => void;
  problem: Problem | null;
}
