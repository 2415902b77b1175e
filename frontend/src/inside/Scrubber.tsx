import { useEffect, useState } from "preact/hooks";
import type { Network, Snapshot } from "../api/types";
import { short, whole } from "../parts/format";
import { t } from "../texts/texts";
import { LossStrip } from "./LossStrip";
import { weightsOf } from "./useWeights";

interface Props {
  network: Network;
  job: string | null;
  snapshots: readonly Snapshot[];
  at: number;
  /** Whether the training goes on, so that newer weights come. */
  isLive: boolean;
  onGo(at: number): void;
}

const FRAME_MS = 120;
/** However many snapshots there are, a replay takes about so long; a higher speed leaves some out. */
const REPLAY_MS = 12_000;
const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** How many snapshots a frame goes on, and how long it stays. */
export function paceOf(snapshots: number, speed: number): { stride: number; wait: number } {
  const whole = Math.min(snapshots * FRAME_MS, REPLAY_MS) / speed;
  const stride = Math.max(1, Math.ceil((snapshots * FRAME_MS) / Math.max(whole, 1) / 2));
  return { stride, wait: (whole / snapshots) * stride };
}

/** The epochs of a training to walk through, or to replay. */
export function Scrubber({ network, job, snapshots, at, isLive, onGo }: Props) {
  const [isPlaying, setIsPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const snapshot = snapshots[at];
  useEffect(() => {
    if (!isPlaying) return;
    if (at >= snapshots.length - 1) return setIsPlaying(false);
    let isStopped = false;
    const { stride, wait } = paceOf(snapshots.length, speed);
    const to = Math.min(at + stride, snapshots.length - 1);
    const pause = new Promise((resolve) => setTimeout(resolve, wait));
    Promise.all([weightsOf(network, snapshots[to]!.id), pause]).then(
      () => !isStopped && onGo(to),
      () => setIsPlaying(false),
    );
    return () => {
      isStopped = true;
    };
  }, [isPlaying, at, speed]);
  const play = () => {
    if (at >= snapshots.length - 1) onGo(0);
    setIsPlaying(!isPlaying);
  };
  if (!snapshot) return null;
  return (
    <div class="scrubber sticky-bar">
      {snapshots.length > 1 && (
        <button
          type="button"
          class="button-icon"
          onClick={play}
          aria-label={t(isPlaying ? "inside.stop" : "inside.play")}
        >
          <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
            <path fill="currentColor" d={isPlaying ? "M2 1h4v12H2zM8 1h4v12H8z" : "M2 1l11 6-11 6z"} />
          </svg>
        </button>
      )}
      <div class="scrubber-way">
        {job && <LossStrip job={job} stops={snapshots.map(({ epoch }) => epoch)} at={at} />}
        {snapshots.length > 1 && (
          <input
            type="range"
            min={0}
            max={snapshots.length - 1}
            value={at}
            aria-label={t("inside.scrub")}
            aria-valuetext={t("watch.at_epoch", { epoch: whole(snapshot.epoch) })}
            onInput={(event) => {
              setIsPlaying(false);
              onGo(Number(event.currentTarget.value));
            }}
          />
        )}
      </div>
      {snapshots.length > 2 && (
        <label class="scrubber-speed">
          <span class="visually-hidden">{t("inside.speed")}</span>
          <select value={speed} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
            {SPEEDS.map((each) => (
              <option value={each}>{each} ×</option>
            ))}
          </select>
        </label>
      )}
      <output class="scrubber-says">
        <b class="num">{t("watch.at_epoch", { epoch: whole(snapshot.epoch) })}</b>
        {isLive && at === snapshots.length - 1 && <span class="small stream stream-open">{t("watch.live")}</span>}
        <span class="small quiet num" title={String(snapshot.loss)}>
          {snapshot.loss === null ? t("inside.untrained") : t("inside.loss_at", { loss: short(snapshot.loss) })}
        </span>
      </output>
    </div>
  );
}
