import { t } from "../texts/texts";
import { type Range, show } from "./view";

/** Which epochs are shown: what a drag over the chart chooses, for keys and fingers. */
export function Epochs({ zoom, last }: { zoom: Range | null; last: number }) {
  const change = (part: "from" | "to", text: string) => {
    const range = { from: zoom?.from ?? 1, to: zoom?.to ?? last, [part]: Math.max(0, Math.round(Number(text))) };
    if (text !== "" && range.to > range.from) show({ zoom: range });
  };
  return (
    <span class="row epochs">
      <label>
        <span>{t("watch.from_epoch")}</span>
        <input
          type="number"
          min="1"
          value={zoom?.from ?? 1}
          onChange={(event) => change("from", event.currentTarget.value)}
        />
      </label>
      <label>
        <span>{t("watch.to_epoch")}</span>
        <input
          type="number"
          min="1"
          value={zoom?.to ?? last}
          onChange={(event) => change("to", event.currentTarget.value)}
        />
      </label>
      {zoom && (
        <button type="button" class="button-plain" onClick={() => show({ zoom: null })}>
          {t("watch.whole")}
        </button>
      )}
    </span>
  );
}
