/** Frames as the drawing takes weights, and how many of them are kept. */
import type { Frame, Tensor } from "../api/frames";
import type { Weights } from "../api/types";
import { allTensorsOf, type LayerWeights } from "../inside/model";

/** Frames kept of the past: as many as anyone scrubs through, and no more however long it goes on. */
export const MOST_FRAMES = 240;

/** A newer frame behind the others; where there are too many, every second one goes. */
export function appended(frames: readonly Frame[], added: readonly Frame[], most = MOST_FRAMES): readonly Frame[] {
  const last = frames.at(-1)?.epoch ?? -1;
  const fresh = added.filter(({ epoch }) => epoch > last);
  if (fresh.length === 0) return frames;
  const all = [...frames, ...fresh];
  return all.length <= most ? all : all.filter((_, index) => (all.length - 1 - index) % 2 === 0);
}

/** The weights of a frame in the form of those of a snapshot; `like` is any set of weights of the same network. */
export function framed(like: Weights, tensors: readonly Tensor[], frame: Frame): Weights {
  const layers = allTensorsOf(like).map(({ name, type }): LayerWeights => ({ name, type }));
  for (const { name, shape, offset } of tensors) {
    const [, layer = "", key = ""] = name.match(/^(.*)\.([^.]+)$/) ?? [];
    const own = layers.find((each) => each.name === layer);
    if (own) own[key] = shaped(frame.numbers, offset, shape);
  }
  return { ...like, snapshot: "", epoch: frame.epoch, layers: layers as unknown as Weights["layers"] };
}

function shaped(numbers: Float32Array, offset: number, shape: readonly number[]): unknown {
  const [rows = 0, columns] = shape;
  if (columns === undefined) return [...numbers.subarray(offset, offset + rows)];
  return Array.from({ length: rows }, (_, row) => [
    ...numbers.subarray(offset + row * columns, offset + (row + 1) * columns),
  ]);
}
