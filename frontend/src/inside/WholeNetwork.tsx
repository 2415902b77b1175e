import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Network, Weights } from "../api/types";
import { Pick } from "../forms/Pick";
import { t } from "../texts/texts";
import { Histograms } from "./Histograms";
import { Inside } from "./Inside";
import { memberOf } from "./member";
import { tensorsOf } from "./model";
import { isPlane } from "./playground";
import type { NetworkRow } from "./useRows";

interface Props {
  network: Network;
  weights: Weights | null;
  rows: readonly NetworkRow[];
  names: readonly string[];
  isMoving?: boolean;
  /** In place of what is not there without weights. */
  otherwise?: ComponentChildren;
  /** Beside the drawing, or below it. */
  children?: ComponentChildren;
}

/** A network with one set of its weights: drawing, surface and histograms. Of an ensemble, one member at a time. */
export function WholeNetwork({ network, weights, rows, names, isMoving = false, otherwise, children }: Props) {
  const [wanted, setMember] = useState(0);
  const member = Math.min(wanted, network.members - 1);
  const shown = useMemo(() => memberOf(network, rows, names, member), [network, rows, names, member]);
  const own = useMemo(
    () => weights && { ...weights, layers: tensorsOf(weights, member) as unknown as Weights["layers"] },
    [weights, member],
  );
  const members = network.members > 1 && (
    <div class="row small">
      <Pick<number>
        label={t("inside.member")}
        value={member}
        choices={Array.from({ length: network.members }, (_, at) => at)}
        onPick={setMember}
        nameOf={(at) => String(at + 1)}
      />
      <span class="quiet">{t("inside.member.of", { count: network.members })}</span>
    </div>
  );
  return (
    <>
      <div class={isPlane(network) ? "room-split" : "stack-wide"}>
        {own ? <Inside key={member} {...shown} {...{ members, isMoving }} weights={own} /> : otherwise}
        {children}
      </div>
      {own && <Histograms network={shown.network} weights={own} rows={shown.rows} />}
    </>
  );
}
