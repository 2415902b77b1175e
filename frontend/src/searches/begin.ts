/** The search of a table and a target: what is not chosen here is the service's to propose. */

export const SAMPLERS = ["tpe", "random", "sobol"] as const;
export const PRUNERS = ["asha", "hyperband", "median", "none"] as const;

export interface Choices {
  name: string;
  /** Empty: as proposed. */
  sampler: (typeof SAMPLERS)[number] | "";
  pruner: (typeof PRUNERS)[number] | "";
  /** Empty: val_loss. */
  metric: string;
  trials: number | null;
  parallel: number | null;
  patience: number | null;
  seconds: number | null;
  folds: number | null;
  repeats: number | null;
  /** Names of searches whose trials the sampler begins with. */
  warm: readonly string[];
}

/** Whether it may be tpe, the one sampler that learns from trials. */
export const isLearning = (sampler: Choices["sampler"]): boolean => sampler === "" || sampler === "tpe";

/** The service's own defaults, but for the name. */
export const usualChoices = (dataset: string, target: string): Choices => ({
  name: nameFor(dataset, target),
  sampler: "",
  pruner: "",
  metric: "",
  trials: 40,
  parallel: 2,
  patience: 20,
  seconds: null,
  folds: null,
  repeats: null,
  warm: [],
});

/** Of letters that names may have, and with an end of its own: the same search may be begun again. */
function nameFor(dataset: string, target: string): string {
  const words = `${dataset.replace(/@\d+$/, "")}-${target}`.replaceAll(/[^A-Za-z0-9]+/g, "-").replace(/^-/, "");
  return `${words.slice(0, 80) || "search"}-${Date.now().toString(36).slice(-4)}`.replaceAll(/-+/g, "-");
}

/** The body of POST /searches. */
export function searchOf(dataset: string, target: string, choices: Choices): Record<string, unknown> {
  const { name, sampler, pruner, metric, trials, parallel, patience, seconds, folds, repeats, warm } = choices;
  const limits = { trials, parallel, patience, seconds };
  return {
    ...(name && { name }),
    dataset,
    target,
    ...(metric && { objective: { metric } }),
    ...(sampler && { sampler }),
    ...(pruner && { pruner }),
    ...(folds !== null && { folds }),
    ...(repeats !== null && { repeats }),
    ...(warm.length > 0 && isLearning(sampler) && { warm_start: warm }),
    limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null)),
  };
}
