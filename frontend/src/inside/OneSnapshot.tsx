import type { Network } from "../api/types";
import { getLive } from "../api/versions";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { NetworkTabs } from "../shell/NetworkTabs";
import { mayOpen } from "../shell/pages";
import { to, withParams } from "../shell/router";
import { t } from "../texts/texts";
import { inputNamesOf } from "./model";
import type { NetworkRows } from "./useRows";
import { useWeights } from "./useWeights";
import { WholeNetwork } from "./WholeNetwork";

interface Props {
  network: Network;
  snapshot: string;
  /** Of the newest training, if there is one. */
  rows: NetworkRows | null;
}

const NO_ROWS: readonly never[] = [];

/** One set of weights that is asked for by its id, as weights that were set by hand and imported are. */
export function OneSnapshot({ network, snapshot, rows }: Props) {
  const { weights, problem, again } = useWeights(network, snapshot);
  const live = useLoaded(`live ${snapshot}`, (signal) => getLive(network.name, signal)).value;
  const known = rows?.rows ?? NO_ROWS;
  const train = to("/networks", network.name, "train");
  return (
    <>
      <NetworkTabs network={network.name} here="inside" />
      <div class="stack-wide">
        <div class="stack">
          <h1>{t("inside.snapshot", { id: snapshot.slice(-6) })}</h1>
          <p>
            {live &&
              (live.snapshot.id === snapshot
                ? t("inside.snapshot.live")
                : t(live.alias ? "inside.snapshot.alias" : "inside.snapshot.older", { alias: live.alias ?? "" }))}
          </p>
          <p class="row">
            {mayOpen(train) && <a href={withParams(train, { from: snapshot })}>{t("inside.snapshot.train")}</a>}
            <a href={to("/networks", network.name, "versions")}>{t("versions.title")}</a>
            <a href={to("/networks", network.name, "inside")}>{t("inside.snapshot.training")}</a>
          </p>
          {problem && <ProblemNote problem={problem} retry={again} />}
        </div>
        <WholeNetwork
          network={network}
          weights={weights}
          rows={known}
          names={rows?.names ?? inputNamesOf(network)}
          otherwise={!problem && <p class="quiet">{t("loading")}</p>}
        />
      </div>
    </>
  );
}
