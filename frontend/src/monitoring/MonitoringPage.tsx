import { getDrift, getMonitoring, listNetworkEvents } from "../api/monitoring";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { NetworkTabs } from "../shell/NetworkTabs";
import type { PageProps } from "../shell/router";
import "../styles/monitoring.css";
import "../texts/fields";
import "../texts/monitoring";
import { t } from "../texts/texts";
import { AnswerLog } from "./AnswerLog";
import { DriftView } from "./DriftView";
import { LiveFigures } from "./LiveFigures";
import { Warnings } from "./Warnings";

const LOOK_AGAIN_MS = 10_000;

/** A network in use: which answers are kept, how good they were, and whether its rows have changed. */
export function MonitoringPage({ params }: PageProps) {
  const name = params.network ?? "";
  const { value, problem, again } = useLoaded(
    `monitoring ${name}`,
    async (signal) => {
      const [monitoring, drift, events] = await Promise.all([
        getMonitoring(name, signal),
        getDrift(name, signal),
        listNetworkEvents(name, signal),
      ]);
      return { monitoring, drift, events: events.data };
    },
    () => LOOK_AGAIN_MS,
  );
  return (
    <>
      <NetworkTabs network={name} here="monitoring" />
      <h1 class="visually-hidden">{`${name}: ${t("monitoring.title")}`}</h1>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {!value && !problem && <p class="quiet">{t("loading")}</p>}
      {value && (
        <div class="stack-wide">
          <AnswerLog network={name} monitoring={value.monitoring} onChange={again} />
          <LiveFigures monitoring={value.monitoring} />
          <DriftView drift={value.drift} />
          <Warnings events={value.events} />
        </div>
      )}
    </>
  );
}
