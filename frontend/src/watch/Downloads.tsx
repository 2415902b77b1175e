import { withQuery } from "../api/request";
import { t } from "../texts/texts";
import type { Series } from "./series";
import type { View } from "./view";

/** The numbers as CSV, in full; the picture as SVG, as the service draws it. Both of the epochs that are shown. */
export function Downloads({ allSeries, view }: { allSeries: readonly Series[]; view: View }) {
  const jobs = allSeries.map(({ job }) => job.id).join(",");
  const range = view.zoom ? { from_epoch: Math.max(1, view.zoom.from), to_epoch: view.zoom.to } : {};
  const name = allSeries.length === 1 ? `${allSeries[0]?.job.network}-${view.value}` : `comparison-${view.value}`;
  return (
    <span class="row small">
      <a href={withQuery("/history", { jobs, format: "csv", ...range })} download={`${name}.csv`}>
        CSV
      </a>
      <a
        href={withQuery("/history", {
          jobs,
          format: "svg",
          value: view.value,
          scale: view.isLog ? "log" : "linear",
          ...range,
        })}
        download={`${name}.svg`}
      >
        SVG
      </a>
      <span class="visually-hidden">{t("watch.downloads")}</span>
    </span>
  );
}
