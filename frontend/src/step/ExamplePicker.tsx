import { withParams } from "../shell/router";
import { t } from "../texts/texts";
import { EXAMPLES } from "./examples";

export function ExamplePicker({ chosen }: { chosen: string }) {
  return (
    <nav class="tabs" aria-label={t("step.examples")}>
      {EXAMPLES.map(({ id }) => (
        <a href={withParams("#/step", { example: id })} aria-current={id === chosen ? "page" : undefined}>
          {t(`step.example.${id}`)}
        </a>
      ))}
    </nav>
  );
}
