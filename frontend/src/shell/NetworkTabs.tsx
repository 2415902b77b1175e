import { type TextKey, t } from "../texts/texts";
import { mayOpen } from "./pages";
import { to } from "./router";

const TABS: { last: string[]; text: TextKey }[] = [
  { last: [], text: "network.overview" },
  { last: ["train"], text: "network.train" },
  { last: ["inside"], text: "network.inside" },
  { last: ["step"], text: "network.step" },
  { last: ["predict"], text: "network.predict" },
  { last: ["evaluate"], text: "network.evaluate" },
  { last: ["versions"], text: "versions.title" },
  { last: ["monitoring"], text: "monitoring.title" },
];

/** The head of every page of one network: its name, and where its pages are; null is none of them. */
export function NetworkTabs({
  network,
  here,
}: {
  network: string;
  here: "" | null | "train" | "inside" | "step" | "predict" | "evaluate" | "versions" | "monitoring";
}) {
  return (
    <div class="network-head">
      <p class="network-name">{network}</p>
      <nav class="tabs" aria-label={t("network.tabs")}>
        {TABS.filter(({ last }) => mayOpen(to("/networks", network, ...last))).map(({ last, text }) => (
          <a href={to("/networks", network, ...last)} aria-current={(last[0] ?? "") === here ? "page" : undefined}>
            {t(text)}
          </a>
        ))}
      </nav>
    </div>
  );
}
