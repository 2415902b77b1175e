import { t } from "../texts/texts";

/** Not a network to train but one to be worked through by hand. */
export function StepCard() {
  return (
    <article class="card starter">
      <svg class="starter-picture" viewBox="0 0 192 96" aria-hidden="true">
        <path class="step-lines" d="M48 28 96 16M48 28l48 32M48 68 96 16M48 68l48-8M96 16l48 28M96 60l48-16" />
        <path class="step-back" d="M140 80H60m8-7-8 7 8 7" />
        <g class="step-units">
          <circle cx="48" cy="28" r="9" />
          <circle cx="48" cy="68" r="9" />
          <circle cx="96" cy="16" r="9" />
          <circle cx="96" cy="60" r="9" />
          <circle cx="144" cy="44" r="9" />
        </g>
      </svg>
      <h2 class="card-title">{t("home.step.name")}</h2>
      <p class="quiet small">{t("home.step.question")}</p>
      <div class="row">
        <a class="button" href="#/step">
          {t("home.step.go")}
        </a>
      </div>
    </article>
  );
}
