import { may } from "../api/caller";
import { importWeights } from "../api/networks";
import { speaksNames } from "../api/table";
import type { Network } from "../api/types";
import { whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { useAct } from "../parts/useAct";
import { go, to, withParams } from "../shell/router";
import { t } from "../texts/texts";
import type { Edits } from "./useEdits";

/** Whether weights can be set by hand: those of an ensemble are of several networks, of which one is drawn. */
export const canSet = ({ members }: Pick<Network, "members">): boolean => members === 1 && may("manage");

/** What was set by hand, and what may become of it. */
export function OwnWeights({ network, edits }: { network: Network; edits: Edits }) {
  const { act, isBusy, problem } = useAct();
  const { set, weights } = edits;
  if (!set) return null;
  const store = () =>
    act(async () => {
      const { layers, preprocessing } = weights;
      const made = await importWeights(network.name, { layers, ...(speaksNames(network) && { preprocessing }) });
      edits.forget();
      go(withParams(to("/networks", network.name, "inside"), { snapshot: made.id }));
    });
  // Weights that were seen on their way have no statistics of columns with them.
  const isBare = speaksNames(network) && !set.of.snapshot;
  return (
    <div class="note own-weights" role="status">
      <p>{t("inside.own", { count: set.count, epoch: whole(set.of.epoch) })}</p>
      <p class="small">{t(isBare ? "inside.own.bare" : "inside.own.help")}</p>
      <div class="row">
        <button type="button" class="button-main" disabled={isBusy || isBare} onClick={() => void store()}>
          {t("inside.own.store")}
        </button>
        <button type="button" onClick={edits.forget}>
          {t("inside.own.forget")}
        </button>
      </div>
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}
