import { useMemo } from "preact/hooks";
import type { Network } from "../api/types";
import { LABELS, nameOfFeature, rowsOf, TAG, tagOf } from "../inside/playground";
import { Surface } from "../inside/Surface";
import "../styles/inside.css";
import { t } from "../texts/texts";
import { spec } from "./draft";
import type { Play } from "./play";
import type { Sketch } from "./sketch";

/** What the network predicts at each point before it has learned anything, over the data. */
export function BuildSurface({ sketch, data }: { sketch: Sketch; data: Play }) {
  const { inputs, targets } = useMemo(() => rowsOf(data, data.features), [data]);
  const outputs = sketch.stages.at(-1)!.units;
  const rows = useMemo(
    () =>
      inputs.map((row, index) => {
        const isBlue = Number(targets[index] === LABELS[1]);
        return {
          inputs: row,
          targets: outputs === 1 ? [isBlue] : [1 - isBlue, isBlue],
          part: "training" as const,
        };
      }),
    [inputs, targets, outputs],
  );
  const network = {
    inputs: data.features.length,
    features: data.features.map(nameOfFeature),
    tags: { [TAG]: tagOf(data) },
    labels: spec.value.labels as string[],
  } satisfies Pick<Network, "inputs" | "features" | "tags" | "labels">;
  return <Surface {...{ network, rows }} {...sketch} dots={t("build.data.dots")} />;
}
