import { useMemo } from "preact/hooks";
import type { PageProps } from "../shell/router";
import "../styles/drawing.css";
import "../styles/step.css";
import "../texts/step";
import { t } from "../texts/texts";
import { ExamplePicker } from "./ExamplePicker";
import { EXAMPLES } from "./examples";
import { NetworkStep } from "./NetworkStep";
import { StepThrough } from "./StepThrough";
import { ofExample } from "./source";

/** Backpropagation step by step: of a network, or of a textbook's example. */
export function StepPage({ params, query }: PageProps) {
  if (params.network) return <NetworkStep name={params.network} snapshot={query.snapshot ?? "latest"} />;
  return <ExampleStep id={query.example ?? ""} />;
}

function ExampleStep({ id }: { id: string }) {
  const example = EXAMPLES.find((each) => each.id === id) ?? EXAMPLES[0]!;
  const source = useMemo(() => ofExample(example), [example]);
  return (
    <div class="stack">
      <h1>{t("step.question")}</h1>
      <ExamplePicker chosen={example.id} />
      <p class="quiet">{t(`step.example.${example.id}.about`)}</p>
      <StepThrough key={source.key} source={source} example={example} />
    </div>
  );
}
