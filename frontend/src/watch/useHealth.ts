/** How the layers fare, as of the last epoch in which the engine looked at them: asked again while the job goes on. */
import { useEffect, useRef, useState } from "preact/hooks";
import { getHistory } from "../api/jobs";
import { Problem } from "../api/problem";

export interface LayerHealth {
  layer: string;
  weight_norm: number | null;
  gradient_norm: number | null;
  update_ratio: number | null;
  stuck: number | null;
  verdict: "vanishing" | "exploding" | "dead" | null;
}

export interface Health {
  epoch: number;
  layers: LayerHealth[];
}

/** The engine looks at least once in so many epochs. */
const LOOKS_WITHIN = 200;
const LOOK_EVERY_MS = 2000;

export function useHealth(job: string, epoch: number): Health | null {
  const [health, setHealth] = useState<Health | null>(null);
  const latest = useRef(epoch);
  latest.current = epoch;
  useEffect(() => {
    let isStopped = false;
    let looked = 0;
    const look = () => {
      const to = latest.current;
      if (to === looked) return;
      looked = to;
      getHistory(job, {
        from_epoch: Math.max(1, to - LOOKS_WITHIN + 1),
        to_epoch: to,
        fields: "layers",
        limit: LOOKS_WITHIN,
      }).then(
        ({ data }) => {
          const found = data.findLast((row) => row.layers);
          if (!isStopped && found) setHealth({ epoch: found.epoch, layers: found.layers as unknown as LayerHealth[] });
        },
        (error: unknown) => {
          looked = 0;
          if (!(error instanceof Problem)) throw error;
        },
      );
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      isStopped = true;
      clearInterval(timer);
    };
  }, [job]);
  return health;
}
