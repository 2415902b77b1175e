/** What moves a training, and what walks through its past: in one place, and in view wherever the page is scrolled to. */
import { may } from "../api/caller";
import { isOver } from "../api/jobs";
import type { JobStatus, Network } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { useAct } from "../parts/useAct";
import { t } from "../texts/texts";
import { Scrubber } from "./Scrubber";
import type { Stop } from "./stops";
import { PaceChoice, useReplay } from "./useReplay";

export interface Going {
  job: string;
  status: JobStatus;
  epoch: number;
  epochs: number;
  /** In epochs a second; null is as fast as it goes. */
  pace: number | null;
  onPace(pace: number | null): Promise<void>;
  /** Lets it go on at this pace, as far as an epoch or to its end. */
  onResume(until?: number): Promise<unknown>;
  onPause(): Promise<unknown>;
  onReset(): Promise<void>;
}

interface Props {
  network: Network;
  /** The training whose way it is; null where there is none. */
  going: Going | null;
  stops: readonly Stop[];
  at: number;
  /** The stop whose weights are in view. */
  shown: Stop | null;
  onGo(at: number): void;
}

export function Transport({ network, going, stops, at, shown, onGo }: Props) {
  const { act, isBusy, problem } = useAct();
  const replay = useReplay(network, stops, at, onGo);
  const isGoing = going !== null && !isOver(going.status);
  const mayTrain = may("train");
  const newest = () => onGo(stops.length - 1);
  const step = (own: Going) => {
    newest();
    return act(() => own.onResume(own.epoch + 1));
  };
  const play = (own: Going) => {
    newest();
    return act(() => own.onResume());
  };
  return (
    <div class="transport sticky-bar">
      {isGoing && mayTrain && (
        <span class="transport-buttons">
          {going.status === "paused" || going.status === "pausing" ? (
            <IconButton label={t("verb.resume")} path={PLAY} disabled={isBusy} onClick={() => void play(going)} />
          ) : (
            <IconButton
              label={t("verb.pause")}
              path={PAUSE}
              disabled={isBusy || going.status === "cancelling"}
              onClick={() => void act(going.onPause)}
            />
          )}
          <IconButton
            label={t("live.one_epoch")}
            path={ONE}
            disabled={isBusy || !["paused", "running"].includes(going.status) || going.epoch + 1 >= going.epochs}
            onClick={() => void step(going)}
          />
        </span>
      )}
      {!isGoing && stops.length > 1 && (
        <IconButton
          label={t(replay.isPlaying ? "inside.stop" : "inside.play")}
          path={replay.isPlaying ? PAUSE : PLAY}
          onClick={replay.toggle}
        />
      )}
      {going && mayTrain && (
        <IconButton label={t("live.reset")} path={RESET} disabled={isBusy} onClick={() => void act(going.onReset)} />
      )}
      {stops.length > 0 && (
        <Scrubber
          job={going?.job ?? null}
          stops={stops}
          at={at}
          shown={shown}
          isLive={isGoing}
          onGo={(to) => {
            replay.stop();
            onGo(to);
          }}
        />
      )}
      {isGoing ? (
        // It goes on at the new pace, which would undo a pause that is asked for before that arrives.
        <PaceChoice pace={going.pace} isDisabled={!mayTrain} onPace={(pace) => void act(() => going.onPace(pace))} />
      ) : (
        stops.length > 2 && replay.choice
      )}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}

const PLAY = "M2 1l11 6-11 6z";
const PAUSE = "M2 1h4v12H2zM8 1h4v12H8z";
const ONE = "M1 1l8 6-8 6zM10 1h3v12h-3z";
const RESET = "M7 2a5 5 0 1 1-4.6 3L0.6 4.2A7 7 0 1 0 7 0V-1.5L3.5 1 7 3.5z";

interface IconProps {
  label: string;
  path: string;
  disabled?: boolean;
  onClick(): void;
}

function IconButton({ label, path, disabled = false, onClick }: IconProps) {
  return (
    <button type="button" class="button-icon" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      <svg width="14" height="14" viewBox="0 -1 14 16" aria-hidden="true">
        <path fill="currentColor" d={path} />
      </svg>
    </button>
  );
}
