import { useMemo } from "preact/hooks";
import { NumberInput } from "../forms/NumberInput";
import { Pick } from "../forms/Pick";
import {
  BOUNDS,
  drawnOf,
  EVERY_FEATURE,
  EVERY_SET,
  type Feature,
  MOST_NOISE,
  nameOfFeature,
  type SetName,
} from "../inside/playground";
import { BATCHES, choicesWith, OPTIMIZERS, RATES } from "../live/changes";
import { classColour } from "../parts/classes";
import { t } from "../texts/texts";
import { play, spec, write } from "./draft";
import { FIRST_PLAY, fitting, PLAY_NETWORK, type Play, SHARES } from "./play";

/** The data of two inputs that a network is built for, what of them it is given, and how it is trained on them. */
export function DataPanel() {
  const data = play.value;
  const set = (changes: Partial<Play>) => {
    const next = { ...(data ?? FIRST_PLAY), ...changes };
    // Another network than one for two classes is not made into one: it is kept in the history.
    write(fitting(data ? spec.value : { ...PLAY_NETWORK, name: spec.value.name }, next), next);
  };
  return (
    <section class="stack data-panel" aria-label={t("build.data")}>
      <h2>{t("build.data")}</h2>
      <fieldset class="data-sets">
        <legend class="visually-hidden">{t("build.data.set")}</legend>
        <label class="check">
          <input type="radio" name="data-set" checked={data === null} onChange={() => write(spec.value, null)} />
          {t("build.data.none")}
        </label>
        {EVERY_SET.map((each) => (
          <label class="check">
            <input type="radio" name="data-set" checked={data?.set === each} onChange={() => set({ set: each })} />
            <SetPicture set={each} />
            {t(`build.data.${each}`)}
          </label>
        ))}
      </fieldset>
      {data && (
        <>
          <Slider
            label={t("build.data.noise", { n: data.noise })}
            value={data.noise}
            most={MOST_NOISE}
            step={5}
            onValue={(noise) => set({ noise })}
          />
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the input is inside NumberInput */}
          <label class="room-option">
            <span>{t("build.data.rows")}</span>
            <NumberInput
              value={data.rows}
              bounds={{ type: "integer", minimum: BOUNDS.least, maximum: BOUNDS.most }}
              onValue={(rows) => rows !== null && rows >= BOUNDS.least && rows <= BOUNDS.most && set({ rows })}
            />
          </label>
          <Pick
            label={t("build.data.share")}
            value={data.share}
            choices={choicesWith(SHARES, data.share)}
            nameOf={(share) => `${share} %`}
            onPick={(share) => set({ share })}
          />
          <button type="button" onClick={() => set({ draw: data.draw + 1 })}>
            {t("build.data.again")}
          </button>
          <fieldset class="features">
            <legend>{t("build.data.features")}</legend>
            {EVERY_FEATURE.map((feature) => (
              <label class="check">
                <input
                  type="checkbox"
                  checked={data.features.includes(feature)}
                  disabled={data.features.length === 1 && data.features[0] === feature}
                  onChange={() => set({ features: toggled(data.features, feature) })}
                />
                {nameOfFeature(feature)}
              </label>
            ))}
          </fieldset>
          <p class="small quiet">{t("build.data.honest")}</p>
        </>
      )}
    </section>
  );
}

/** How the network is trained on the data. */
export function PlayOptions({ data }: { data: Play }) {
  const set = (changes: Partial<Play>) => write(spec.value, { ...data, ...changes });
  return (
    <div class="row">
      <Pick
        label={t("live.rate")}
        value={data.rate}
        choices={choicesWith(RATES, data.rate)}
        onPick={(rate) => set({ rate })}
      />
      <Pick
        label={t("live.optimizer")}
        value={data.optimizer}
        choices={choicesWith(OPTIMIZERS, data.optimizer)}
        onPick={(optimizer) => set({ optimizer })}
      />
      <Pick
        label={t("live.batch")}
        value={data.batch}
        choices={choicesWith<number | string>(BATCHES, data.batch) as readonly (number | "full")[]}
        nameOf={(size) => (size === "full" ? t("live.batch.full") : String(size))}
        onPick={(batch) => set({ batch })}
      />
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the input is inside NumberInput */}
      <label class="room-option">
        <span>{t("live.epochs")}</span>
        <NumberInput
          value={data.epochs}
          bounds={{ type: "integer", minimum: 1 }}
          onValue={(epochs) => epochs !== null && epochs >= 1 && Number.isInteger(epochs) && set({ epochs })}
        />
      </label>
    </div>
  );
}

const toggled = (features: readonly Feature[], feature: Feature) =>
  EVERY_FEATURE.filter((each) => features.includes(each) !== (each === feature));

interface SliderProps {
  label: string;
  value: number;
  most: number;
  step: number;
  onValue(value: number): void;
}

function Slider({ label, value, most, step, onValue }: SliderProps) {
  return (
    <label class="stack-tight">
      <span class="small">{label}</span>
      <input
        type="range"
        min={0}
        max={most}
        step={step}
        value={value}
        onInput={(event) => onValue(Number(event.currentTarget.value))}
      />
    </label>
  );
}

const SHOWN = 90;

function SetPicture({ set }: { set: SetName }) {
  const { points, isBlue } = useMemo(() => drawnOf({ set, noise: 0, rows: SHOWN, draw: 1 }), [set]);
  return (
    <svg class="set-picture" viewBox="-1 -1 2 2" aria-hidden="true">
      {points.map(([x, y], index) => (
        <circle cx={x} cy={-y} r="0.07" style={{ fill: `var(--${classColour(Number(isBlue[index]))})` }} />
      ))}
    </svg>
  );
}
