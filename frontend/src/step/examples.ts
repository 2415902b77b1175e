/** The textbook examples, from the very file that the engine is tested against. */
import worked from "../../../tests/worked_examples.json";

export interface Expected {
  z?: number[][];
  activations?: number[][];
  loss?: number;
  deltas?: number[][];
  after_one_step?: { weights: number[][][]; biases?: number[][] };
  /** Of several rows. */
  first_outputs?: number[][];
  after_10000_steps?: { outputs: number[]; loss: number };
}

export interface Example {
  id: "chain_rule" | "step_by_step" | "cheese" | "xor";
  network: Record<string, unknown> & { inputs: number; layers: unknown[]; loss: unknown };
  rows: { inputs: number[]; targets: number[] }[];
  rate: number;
  features?: string[];
  expect: Expected;
  /** Whether the text has a mistake that is explained beside it. */
  hasErratum: boolean;
}

const { chain_rule, step_by_step, cheese, xor } = worked;

export const EXAMPLES: Example[] = [
  {
    id: "step_by_step",
    network: step_by_step.network,
    rows: [step_by_step.row],
    rate: step_by_step.learning_rate,
    expect: step_by_step.expect,
    hasErratum: false,
  },
  {
    id: "chain_rule",
    network: chain_rule.network,
    rows: [chain_rule.row],
    rate: chain_rule.learning_rate,
    expect: chain_rule.expect,
    hasErratum: true,
  },
  {
    id: "cheese",
    network: cheese.network,
    rows: [cheese.row],
    rate: cheese.learning_rate,
    features: ["fat", "salt"],
    expect: cheese.expect,
    hasErratum: false,
  },
  {
    id: "xor",
    network: xor.network,
    rows: xor.data.inputs.map((inputs, index) => ({ inputs, targets: xor.data.targets[index]! })),
    rate: xor.learning_rate,
    expect: { first_outputs: xor.expect.first_outputs },
    hasErratum: true,
  },
];
