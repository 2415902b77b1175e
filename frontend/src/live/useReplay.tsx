/** A training that is over, played again from stop to stop. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Network } from "../api/types";
import { weightsOf } from "../inside/useWeights";
import { t } from "../texts/texts";
import { pacesWith } from "./pace";
import type { Stop } from "./stops";

const FRAME_MS = 120;
/** However many stops there are, a replay takes about so long; a higher speed leaves some out. */
const REPLAY_MS = 12_000;
const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** How many stops a frame goes on, and how long it stays. */
export function paceOf(stops: number, speed: number): { stride: number; wait: number } {
  const whole = Math.min(stops * FRAME_MS, REPLAY_MS) / speed;
  const stride = Math.max(1, Math.ceil((stops * FRAME_MS) / Math.max(whole, 1) / 2));
  return { stride, wait: (whole / stops) * stride };
}

interface Replay {
  isPlaying: boolean;
  toggle(): void;
  stop(): void;
  /** Where its speed is chosen. */
  choice: ComponentChildren;
}

export function useReplay(network: Network, stops: readonly Stop[], at: number, onGo: (at: number) => void): Replay {
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  useEffect(() => {
    if (!isPlaying) return;
    if (at >= stops.length - 1) return setPlaying(false);
    let isStopped = false;
    const { stride, wait } = paceOf(stops.length, speed);
    const to = Math.min(at + stride, stops.length - 1);
    const { snapshot } = stops[to]!;
    const pause = new Promise((resolve) => setTimeout(resolve, wait));
    Promise.all([snapshot && weightsOf(network, snapshot.id), pause]).then(
      () => !isStopped && onGo(to),
      () => setPlaying(false),
    );
    return () => {
      isStopped = true;
    };
  }, [isPlaying, at, speed]);
  return {
    isPlaying,
    toggle: () => {
      if (at >= stops.length - 1) onGo(0);
      setPlaying(!isPlaying);
    },
    stop: () => setPlaying(false),
    choice: (
      <select
        aria-label={t("inside.speed")}
        value={speed}
        onChange={(event) => setSpeed(Number(event.currentTarget.value))}
      >
        {SPEEDS.map((each) => (
          <option value={each}>{each} ×</option>
        ))}
      </select>
    ),
  };
}

interface PaceProps {
  pace: number | null;
  isDisabled: boolean;
  onPace(pace: number | null): void;
}

/** How many epochs a second a training that goes on takes at most. */
export function PaceChoice({ pace, isDisabled, onPace }: PaceProps) {
  return (
    <select
      aria-label={t("live.pace")}
      value={String(pace)}
      disabled={isDisabled}
      onChange={(event) => onPace(event.currentTarget.value === "null" ? null : Number(event.currentTarget.value))}
    >
      {pacesWith(pace).map((each) => (
        <option value={String(each)}>{each === null ? t("live.pace.full") : t("live.pace.of", { n: each })}</option>
      ))}
    </select>
  );
}
