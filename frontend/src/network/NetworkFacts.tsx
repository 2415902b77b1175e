import type { Network } from "../api/types";
import { Recipes } from "../ensemble/Recipes";
import { nameOf } from "../forms/named";
import { widths } from "../home/NetworkRow";
import { ago, whole } from "../parts/format";
import { t } from "../texts/texts";

const MOST_NAMED = 24;

export function NetworkFacts({ network }: { network: Network }) {
  const facts: [string, string | null][] = [
    [t("overview.structure"), widths(network).join(" → ")],
    [t("overview.members"), network.members > 1 ? whole(network.members) : null],
    [t("overview.parameters"), whole(network.parameter_count)],
    [t("overview.loss"), nameOf(network.loss)],
    [t("overview.features"), network.features && shortened(network.features)],
    [t("overview.classes"), network.labels && shortened(network.labels)],
    [t("overview.created"), ago(network.created_at)],
  ];
  return (
    <>
      {network.description && <p>{network.description}</p>}
      <dl class="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <>
                <dt>{name}</dt>
                <dd class="num">{value}</dd>
              </>
            ),
        )}
      </dl>
      {network.recipes && <Recipes recipes={network.recipes} />}
    </>
  );
}

const shortened = (names: string[]): string =>
  names.length > MOST_NAMED ? `${names.slice(0, MOST_NAMED).join(", ")} … (${names.length})` : names.join(", ");
