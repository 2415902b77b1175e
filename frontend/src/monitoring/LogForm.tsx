import { useState } from "preact/hooks";
import { setAnswerLog } from "../api/monitoring";
import { Problem } from "../api/problem";
import type { AnswerLog } from "../api/types";
import { Field } from "../forms/Field";
import { Marks, useMarks } from "../forms/marks";
import { NumberField } from "../forms/NumberField";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";
import { logOf, type Settings, settingsOf } from "./settings";

interface Props {
  network: string;
  log: AnswerLog | null;
  onDone: () => void;
  onCancel: () => void;
}

const BOUNDS: Record<
  Exclude<keyof Settings, "isWatched" | "callback" | "secret">,
  { type: "number" | "integer"; minimum?: number; maximum?: number; exclusiveMinimum?: number }
> = {
  share: { type: "number", exclusiveMinimum: 0, maximum: 100 },
  maxRows: { type: "integer", minimum: 1 },
  psi: { type: "number", exclusiveMinimum: 0 },
  ks: { type: "number", exclusiveMinimum: 0, maximum: 1 },
  minRows: { type: "integer", minimum: 1 },
  every: { type: "number", exclusiveMinimum: 0 },
  watchedRows: { type: "integer", minimum: 1 },
  window: { type: "number", exclusiveMinimum: 0 },
};

/** The settings of the log, those of the drift watch among them. */
export function LogForm({ network, log, onDone, onCancel }: Props) {
  const [settings, setSettings] = useState<Settings>(() => settingsOf(log));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { mark, isMarked } = useMarks();
  const set = (changes: Partial<Settings>) => setSettings((before) => ({ ...before, ...changes }));
  const field = (name: keyof typeof BOUNDS, pointer: string) => (
    <NumberField
      label={t(`log.${name}`)}
      help={t(`log.${name}.help`)}
      bounds={BOUNDS[name]}
      faults={problem?.at(`#/answer_log/${pointer}`) ?? []}
      value={settings[name]}
      placeholder={name === "ks" || name === "window" ? t("none") : undefined}
      onValue={(value) => set({ [name]: value })}
    />
  );

  const faultsOf = (pointer: string) => problem?.at(`#/answer_log/watch/${pointer}`) ?? [];

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await setAnswerLog(network, logOf(settings));
      onDone();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <form class="stack card" onSubmit={(event) => void save(event)}>
      <Marks.Provider value={mark}>
        <p class="quiet small">{t("log.help")}</p>
        <div class="fields">
          {field("share", "share")}
          {field("maxRows", "max_rows")}
          {field("psi", "psi")}
          {field("ks", "ks")}
          {field("minRows", "min_rows")}
        </div>
        <Field label={t("log.watch")} help={t("log.watch.help")} isCheck>
          {(described) => (
            <input
              {...described}
              type="checkbox"
              checked={settings.isWatched}
              onChange={(event) => set({ isWatched: event.currentTarget.checked })}
            />
          )}
        </Field>
        {settings.isWatched && (
          <div class="fields">
            {field("every", "watch/every")}
            {field("watchedRows", "watch/rows")}
            {field("window", "watch/window")}
            <Field label={t("log.callback")} help={t("log.callback.help")} faults={faultsOf("callback")}>
              {(described) => (
                <input
                  {...described}
                  type="url"
                  value={settings.callback}
                  onInput={(event) => set({ callback: event.currentTarget.value })}
                />
              )}
            </Field>
            <Field label={t("log.secret")} help={t("log.secret.help")} faults={faultsOf("callback_secret")}>
              {(described) => (
                <input
                  {...described}
                  type="password"
                  autocomplete="off"
                  value={settings.secret}
                  onInput={(event) => set({ secret: event.currentTarget.value })}
                />
              )}
            </Field>
          </div>
        )}
      </Marks.Provider>
      {problem && <ProblemNote problem={problem} />}
      <div class="row">
        <button type="submit" class="button-main" disabled={isBusy || isMarked}>
          {t("log.save")}
        </button>
        <button type="button" class="button-plain" onClick={onCancel}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}
