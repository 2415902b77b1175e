import { useId } from "preact/hooks";
import type { Proposal } from "../api/datasets";
import { t } from "../texts/texts";

interface Props {
  offers: NonNullable<Proposal["offers"]>;
  /** Its place; null: none. */
  chosen: number | null;
  choose: (offer: number | null) => void;
}

/** What a training may do about a rare class, each with what it does and what that costs; none at first. */
export function Offers({ offers, chosen, choose }: Props) {
  const name = useId();
  if (offers.length === 0) return null;
  return (
    <fieldset class="offers">
      <legend>{t("offers.title")}</legend>
      <label class="check">
        <input type="radio" name={name} checked={chosen === null} onChange={() => choose(null)} />
        <span>
          {t("offers.none")} <span class="help">{t("offers.none.help")}</span>
        </span>
      </label>
      {offers.map(({ train, effect, cost }, place) => (
        <label class="check">
          <input type="radio" name={name} checked={chosen === place} onChange={() => choose(place)} />
          <span>
            {t("threshold" in train ? "offers.threshold" : "offers.weights")}
            <span class="help" lang="en">
              {sentence(effect)}
            </span>
            <span class="help">
              {t("offers.cost")} <span lang="en">{sentence(cost)}</span>
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
