import { t } from "../texts/texts";
import type { Step } from "./steps";

/** Where on the way one is; forward, then backward. */
export function Stepper({ steps, at, onGo }: { steps: readonly Step[]; at: number; onGo(at: number): void }) {
  return (
    <div class="stepper sticky-bar">
      <button type="button" disabled={at === 0} onClick={() => onGo(at - 1)}>
        {t("step.back")}
      </button>
      <ol class="stepper-steps" aria-label={t("step.way")}>
        {steps.map((step, index) => (
          <li>
            <button
              type="button"
              class={`pill pill-${step.kind}`}
              aria-current={index === at ? "step" : undefined}
              onClick={() => onGo(index)}
            >
              {wordOf(step)}
            </button>
          </li>
        ))}
      </ol>
      <button type="button" class="button-main" disabled={at === steps.length - 1} onClick={() => onGo(at + 1)}>
        {t("step.next")}
      </button>
    </div>
  );
}

function wordOf(step: Step): string {
  if (step.kind === "forward") return `${t("step.layer", { n: step.layer })} →`;
  if (step.kind === "backward") return `← ${t("step.layer", { n: step.layer })}`;
  return t(`step.${step.kind}`);
}
