import { short, whole } from "../parts/format";
import { t } from "../texts/texts";

export interface Reading {
  name: string;
  colour: string;
  training: number | undefined;
  validation: number | undefined;
}

/** What the lines are, and what they say at one epoch: the one under the cursor, or else the last. */
export function Legend({ epoch, readings }: { epoch: number | null; readings: readonly Reading[] }) {
  return (
    <div class="legend">
      <span class="legend-epoch num">
        {epoch === null ? t("watch.no_epochs") : t("watch.at_epoch", { epoch: whole(epoch) })}
      </span>
      {readings.map(({ name, colour, training, validation }) => (
        <span class="legend-item">
          <Key colour={colour} /> {name || t("watch.training")} <Value value={training} />
          {validation !== undefined && (
            <>
              <Key colour={colour} dashed /> {t("watch.validation")} <Value value={validation} />
            </>
          )}
        </span>
      ))}
    </div>
  );
}

export function Key({ colour, dashed = false }: { colour: string; dashed?: boolean }) {
  return (
    <svg class="key" width="22" height="8" aria-hidden="true">
      <path d="M1 4H21" style={{ stroke: `var(--${colour})`, strokeDasharray: dashed ? "5 4" : undefined }} />
    </svg>
  );
}

function Value({ value }: { value: number | undefined }) {
  return (
    <b class="num" title={value === undefined ? undefined : String(value)}>
      {short(value, 5)}
    </b>
  );
}
