import { requestText } from "../api/request";
import type { Rows } from "../rows/types";

export const DIGIT_LABELS = [..."0123456789"];

/** Handwritten digits of 8 × 8 pixels from 0 (paper) to 1 (ink). */
export async function digits(): Promise<Rows> {
  const lines = (await requestText("/static/digits.txt", { headers: { Accept: "text/plain" } })).trim().split("\n");
  return {
    inputs: lines.map((line) => [...line.slice(1)].map((pixel) => parseInt(pixel, 17) / 16)),
    targets: lines.map((line) => line[0] ?? ""),
  };
}
