/** Rows of numbers as they go into a request. */
export type Target = number | string | number[];

export interface Rows {
  inputs: number[][];
  targets: Target[];
}
