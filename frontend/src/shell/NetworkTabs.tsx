import { useLayoutEffect, useRef } from "preact/hooks";
import { language } from "../texts/language";
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
  const row = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const own = row.current?.querySelector("[aria-current]")?.getBoundingClientRect();
    const all = row.current?.getBoundingClientRect();
    if (row.current && own && all) row.current.scrollLeft += own.left + own.width / 2 - all.left - all.width / 2;
  }, [network, here, language.value]);
  return (
    <div class="network-head">
      <p class="network-name">{network}</p>
      <nav ref={row} class="tabs" aria-label={t("network.tabs")}>
        {TABS.filter(({ last }) => mayOpen(to("/networks", network, ...last))).map(({ last, text }) => (
          <a href={to("/networks", network, ...last)} aria-current={(last[0] ?? "") === here ? "page" : undefined}>
            {t(text)}
          </a>
        ))}
      </nav>
    </div>
  );
}
