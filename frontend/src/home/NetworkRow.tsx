import type { Job, Network } from "../api/types";
import { ago, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Sparkline } from "../parts/Sparkline";
import { StatusWord } from "../parts/StatusWord";
import { mayOpen } from "../shell/pages";
import { to } from "../shell/router";
import "../texts/home";
import { t } from "../texts/texts";
import { liveJobs } from "./liveJobs";
import { lossLabel } from "./RunningJob";

interface Props {
  network: Network;
  job: Job | undefined;
  losses: (number | null)[];
}

export function NetworkRow({ network, job, losses }: Props) {
  const shown = (job && liveJobs.value[job.id]?.losses) ?? losses;
  const last = shown.at(-1);
  return (
    <li class="network">
      <div class="network-what">
        <a class="network-link" href={to("/networks", network.name)}>
          {network.name}
        </a>
        {network.description && <p class="quiet small">{network.description}</p>}
      </div>
      <p class="quiet small num network-size">
        {widths(network).join(" → ")}
        <br />
        {t("home.parameters", { count: whole(network.parameter_count) })}
      </p>
      {job ? (
        <a class="network-job" href={to("/jobs", job.id)}>
          <Sparkline values={shown} label={lossLabel(network.name, shown)} />
          <span class="small">
            <StatusWord status={job.status} />
            <br />
            {last !== undefined ? (
              <span class="quiet">
                {t("home.loss")} <Num value={last} />
              </span>
            ) : (
              <span class="quiet">{ago(job.created_at)}</span>
            )}
          </span>
        </a>
      ) : (
        <p class="quiet small network-job">{t("home.trainings.none")}</p>
      )}
      <div class="network-ways small">
        <Way network={network.name} page="train" />
        <Way network={network.name} page="inside" />
        <Way network={network.name} page="predict" />
      </div>
    </li>
  );
}

/** Named for its network, too: one of many links alike. */
function Way({ network, page }: { network: string; page: "train" | "inside" | "predict" }) {
  const text = t(`network.${page}`);
  const address = to("/networks", network, page);
  if (!mayOpen(address)) return null;
  return (
    <a href={address} aria-label={`${text}: ${network}`}>
      {text}
    </a>
  );
}

/** How wide the numbers are on their way: 4, 16, 3. Layers that change no width are left out. */
/** Of an ensemble those of its first member: `shapes` has all. */
export function widths(
  network: Pick<Network, "inputs" | "shapes"> & { layers?: unknown[]; members?: number },
): number[] {
  const { inputs, layers = [], members = 1 } = network;
  return [
    inputs,
    ...(members > 1 ? network.shapes.slice(0, layers.length) : network.shapes)
      .filter((shape) => shape.type === "dense" || shape.inputs !== shape.outputs)
      .map((shape) => shape.outputs),
  ];
}
