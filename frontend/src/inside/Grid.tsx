import { useLayoutEffect, useRef } from "preact/hooks";
import { resolved } from "../shell/theme";
import { paint } from "./scale";

interface Props {
  width: number;
  height: number;
  /** From −1 to 1, row by row; beyond is as at the end. */
  shares: ArrayLike<number>;
  label: string;
  smooth?: boolean;
  /** How full the colours become, from 0 to 1. */
  strength?: number;
  /** The colour at 1 of a cell, by the name of its custom property. */
  positive?(index: number): string;
  /** The full value of a cell, on hover. */
  says?(column: number, row: number): string;
}

/** Numbers as colours: orange, the paper, blue. One cell is one pixel; the style makes it as large as it is wanted. */
export function Grid({ width, height, shares, label, smooth = false, strength = 1, positive, says }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useRef<ImageData | null>(null);
  const theme = resolved.value;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || width === 0 || height === 0) return;
    if (picture.current?.width !== width || picture.current.height !== height)
      picture.current = context.createImageData(width, height);
    paint(new Uint32Array(picture.current.data.buffer), shares, { theme, strength, positive });
    context.putImageData(picture.current, 0, 0);
  }, [width, height, shares, theme, strength]);
  const read = (event: MouseEvent) => {
    const place = canvas.current!.getBoundingClientRect();
    const column = Math.floor(((event.clientX - place.left) / place.width) * width);
    const row = Math.floor(((event.clientY - place.top) / place.height) * height);
    if (says && column >= 0 && row >= 0 && column < width && row < height) canvas.current!.title = says(column, row);
  };
  return (
    <canvas
      ref={canvas}
      class={smooth ? "grid smooth" : "grid"}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      onMouseMove={says && read}
    />
  );
}
