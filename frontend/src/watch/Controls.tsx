import { CopyButton } from "../parts/CopyButton";
import { t } from "../texts/texts";
import { Epochs } from "./Epochs";
import { show, type View } from "./view";

/** What is drawn, and how. */
export function Controls({ view, values, last }: { view: View; values: readonly string[]; last: number }) {
  return (
    <div class="controls">
      {values.length > 1 && (
        <label>
          <span>{t("watch.value")}</span>
          <select value={view.value} onChange={(event) => show({ value: event.currentTarget.value })}>
            {values.map((name) => (
              <option value={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={view.isLog}
          onChange={(event) => show({ isLog: event.currentTarget.checked })}
        />
        <span>{t("watch.log")}</span>
      </label>
      <label>
        <span>{t("watch.smooth")}</span>
        <input
          type="range"
          min="0"
          max="0.98"
          step="0.02"
          value={view.smooth}
          onInput={(event) => show({ smooth: Number(event.currentTarget.value) })}
        />
      </label>
      <Epochs zoom={view.zoom} last={last} />
      <span class="spring" />
      <CopyButton text={() => location.href} label={t("watch.copy_link")} />
    </div>
  );
}
