import { withParams } from "../shell/router";
import type { Starter } from "../starters/starters";
import { t } from "../texts/texts";
import { StarterPicture } from "./StarterPicture";

interface Props {
  starter: Starter;
  isBeginning: boolean;
  isBusy: boolean;
  begin: () => void;
}

export function StarterCard({ starter, isBeginning, isBusy, begin }: Props) {
  const name = t(`starter.${starter.id}.name`);
  return (
    <article class="card starter">
      <StarterPicture starter={starter} />
      <h2 class="card-title">{name}</h2>
      <p class="quiet small">{t(`starter.${starter.id}.question`)}</p>
      <div class="row">
        <button
          type="button"
          class="button-main"
          disabled={isBusy}
          onClick={begin}
          aria-label={`${name}: ${t("home.begin")}`}
        >
          {isBeginning ? t("home.beginning") : t("home.begin")}
        </button>
        <a
          class="small"
          href={withParams("#/build", { starter: starter.id })}
          aria-label={`${name}: ${t("home.look")}`}
        >
          {t("home.look")}
        </a>
      </div>
    </article>
  );
}
