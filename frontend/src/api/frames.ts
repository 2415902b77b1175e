/** The weights of a small network while it trains, frame by frame. */
import { listen, type Raw } from "./follow";

/** The service streams no larger ones. */
export const MOST_PARAMETERS = 10_000;

/** What the numbers of every frame are. */
export interface Tensor {
  /** `dense_1.weights` */
  name: string;
  shape: readonly number[];
  /** In numbers. */
  offset: number;
}

export interface Frame {
  epoch: number;
  loss: number | null;
  numbers: Float32Array;
}

export interface FrameListener {
  onLayout(tensors: readonly Tensor[]): void;
  onFrame(frame: Frame): void;
}

/** Until the job is over; the answer stops it before. `after` is the epoch of the last frame that is known. */
export function followFrames(job: string, listener: FrameListener, after: number | null): () => void {
  const onRaw = ({ event, data }: Raw): boolean => {
    const message = JSON.parse(data);
    if (event === "layout") listener.onLayout(message.tensors);
    if (event === "frame")
      listener.onFrame({ epoch: message.epoch, loss: message.loss, numbers: numbersOf(message.weights) });
    return event === "end";
  };
  const path = `/jobs/${encodeURIComponent(job)}/frames`;
  return listen(path, { onRaw }, after === null ? undefined : String(after));
}

/** Of the base64 of little-endian float32. */
export function numbersOf(text: string): Float32Array {
  const letters = atob(text);
  const view = new DataView(new ArrayBuffer(letters.length));
  for (let index = 0; index < letters.length; index += 1) view.setUint8(index, letters.charCodeAt(index));
  const numbers = new Float32Array(letters.length / 4);
  for (let index = 0; index < numbers.length; index += 1) numbers[index] = view.getFloat32(4 * index, true);
  return numbers;
}
