import { caller, isSignedOut } from "../api/caller";
import { type TextKey, t } from "../texts/texts";
import { Account } from "./Account";
import { Mark } from "./Mark";
import { mayOpen } from "./pages";
import { routePath } from "./router";

const PLACES: { address: string; text: TextKey; below: string[] }[] = [
  { address: "#/", text: "nav.home", below: [] },
  { address: "#/jobs", text: "runs.nav", below: ["/searches"] },
  { address: "#/build", text: "nav.build", below: ["/build"] },
  { address: "#/datasets", text: "nav.data", below: ["/datasets"] },
  { address: "#/step", text: "nav.learn", below: ["/step"] },
];

export function Header() {
  const path = routePath.value;
  return (
    <header class="header">
      <a class="brand" href="#/">
        <Mark />
        <span>Feedforward</span>
      </a>
      {caller.value && !isSignedOut.value && (
        <>
          <nav class="nav" aria-label={t("nav.main")}>
            {PLACES.filter(({ address }) => mayOpen(address)).map(({ address, text, below }) => {
              const isHere = address === `#${path}` || below.some((start) => path.startsWith(start));
              return (
                <a href={address} aria-current={isHere ? "page" : undefined}>
                  {t(text)}
                </a>
              );
            })}
          </nav>
          <Account />
        </>
      )}
    </header>
  );
}
