/** The frames of a job while it trains and somebody looks: a hidden page asks for none. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type Frame, followFrames, type Tensor } from "../api/frames";
import { appended } from "./frames";

export interface Frames {
  tensors: readonly Tensor[];
  frames: readonly Frame[];
}

const NOTHING: Frames = { tensors: [], frames: [] };

/** How many times as long as a frame took to be drawn the page is free before the next: a slow one draws fewer. */
const RESTS = 2;

/** What was seen of a job stays when it is over; `isOn` says whether more can come. */
export function useFrames(job: string | null, isOn: boolean): Frames {
  const [seen, setSeen] = useState<Frames & { job: string | null }>({ job, ...NOTHING });
  const own = seen.job === job ? seen : NOTHING;
  const latest = useRef<Frames>(own);
  latest.current = own;
  const [isHidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    const look = () => setHidden(document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  useEffect(() => {
    if (job === null || !isOn || isHidden) return;
    let { tensors, frames } = latest.current;
    let scheduled = 0;
    let timer = 0;
    let restsUntil = 0;
    const show = () => {
      scheduled = 0;
      const begun = performance.now();
      setSeen({ job, tensors, frames });
      // Behind the picture that is made of it.
      setTimeout(() => {
        const now = performance.now();
        restsUntil = now + RESTS * (now - begun);
      });
    };
    const draw = () => {
      timer = 0;
      scheduled ||= requestAnimationFrame(show);
    };
    const soon = () => {
      timer ||= window.setTimeout(draw, Math.max(0, restsUntil - performance.now()));
    };
    const stop = followFrames(
      job,
      {
        onLayout: (layout) => {
          tensors = layout;
        },
        onFrame: (frame) => {
          frames = appended(frames, [frame]);
          soon();
        },
      },
      frames.at(-1)?.epoch ?? null,
    );
    return () => {
      stop();
      if (timer || scheduled) {
        clearTimeout(timer);
        cancelAnimationFrame(scheduled);
        show();
      }
    };
  }, [job, isOn, isHidden]);
  return own;
}
