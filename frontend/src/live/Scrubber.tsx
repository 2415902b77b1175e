import { LossStrip } from "../inside/LossStrip";
import { short, whole } from "../parts/format";
import { t } from "../texts/texts";
import type { Stop } from "./stops";

interface Props {
  job: string | null;
  stops: readonly Stop[];
  at: number;
  /** The stop whose weights are in view. */
  shown: Stop | null;
  /** Whether the training goes on, so that newer weights come. */
  isLive: boolean;
  onGo(at: number): void;
}

/** The epochs of a training to walk through. */
export function Scrubber({ job, stops, at, shown, isLive, onGo }: Props) {
  const stop = shown ?? stops[at];
  if (!stop) return null;
  const isNewest = at === stops.length - 1;
  return (
    <>
      <div class="scrubber-way">
        {job && <LossStrip job={job} stops={stops} at={at} isLive={isLive} />}
        {stops.length > 1 && (
          <input
            type="range"
            min={0}
            max={stops.length - 1}
            value={at}
            aria-label={t("inside.scrub")}
            aria-valuetext={t("watch.at_epoch", { epoch: whole(stop.epoch) })}
            onInput={(event) => onGo(Number(event.currentTarget.value))}
          />
        )}
      </div>
      <output class="scrubber-says">
        <b class="num">{t("watch.at_epoch", { epoch: whole(stop.epoch) })}</b>
        {isLive && isNewest && <span class="small stream stream-open">{t("watch.live")}</span>}
        {isLive && !isNewest && (
          <button type="button" class="button-plain small" onClick={() => onGo(stops.length - 1)}>
            {t("live.newest")}
          </button>
        )}
        <span class="small quiet num" title={String(stop.loss)}>
          {stop.loss === null ? t("inside.untrained") : t("inside.loss_at", { loss: short(stop.loss) })}
        </span>
      </output>
    </>
  );
}
