import { mayOpen } from "../shell/pages";
import { type TextKey, t } from "../texts/texts";

const WAYS: { address: string; text: TextKey }[] = [
  { address: "#/build", text: "home.own.build" },
  { address: "#/build?data=spiral", text: "home.own.play" },
  { address: "#/datasets", text: "home.own.data" },
  { address: "#/step", text: "home.own.learn" },
];

/** For those who came with something of their own. */
export function OwnWays() {
  return (
    <section class="stack">
      <h2>{t("home.own.title")}</h2>
      <ul>
        {WAYS.filter(({ address }) => mayOpen(address)).map(({ address, text }) => (
          <li>
            <a href={address}>{t(text)}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
