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
  onGo(at: number): void;
}

const FRAME_MS = 120;

/** The epochs of a training to walk through, or to replay. */
export function Scrubber({ network, job, snapshots, at, onGo }: Props) {
  const [isPlaying, setIsPlaying] = useState(false);
  const snapshot = snapshots[at];
  useEffect(() => {
    if (!isPlaying) return;
    if (at >= snapshots.length - 1) return setIsPlaying(false);
    let isStopped = false;
    const next = snapshots[at + 1]!;
    const wait = new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    Promise.all([weightsOf(network, next.id), wait]).then(
      () => !isStopped && onGo(at + 1),
      () => setIsPlaying(false),
    );
    return () => {
      isStopped = true;
    };
  }, [isPlaying, at]);
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
      <output class="scrubber-says">
        <b class="num">{t("watch.at_epoch", { epoch: whole(snapshot.epoch) })}</b>
        <span class="small quiet num" title={String(snapshot.loss)}>
          {snapshot.loss === null ? t("inside.untrained") : t("inside.loss_at", { loss: short(snapshot.loss) })}
        </span>
      </output>
    </div>
  );
}
