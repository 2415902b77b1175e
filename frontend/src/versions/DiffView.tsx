import { useState } from "preact/hooks";
import type { Diff } from "../api/types";
import { percent, short, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { ShareBar } from "../parts/ShareBar";
import { to } from "../shell/router";
import { type TextKey, t } from "../texts/texts";
import { type Difference, leavesOf } from "./differences";

const AREAS = ["spec", "options", "data", "preprocessing"] as const;
const SHOWN = 12;

/** Figures on the same rows first, then what differs in each area, then how far the weights lie apart. */
export function DiffView({ diff }: { diff: Diff }) {
  const names: [string, string] = [nameOf(diff.from), nameOf(diff.to)];
  return (
    <div class="stack" role="status" aria-label={t("diff.result")}>
      <h3>{t("diff.metrics")}</h3>
      <Judged diff={diff} names={names} />
      {AREAS.map((area) => (
        <Area key={area} text={`diff.${area}`} names={names} differences={leavesOf(diff[area])} />
      ))}
      <h3>{t("diff.weights")}</h3>
      <Weights weights={diff.weights} names={names} />
    </div>
  );
}

const nameOf = ({ version, kind, epoch }: Diff["from"]): string =>
  version === null
    ? `${t(`kind.${kind}` as TextKey)}, ${t("predict.snapshot.epoch", { epoch: whole(epoch) })}`
    : t("weights.version", { version });

interface Named {
  names: [string, string];
}

function Judged({ diff: { metrics, metrics_missing }, names }: Named & { diff: Diff }) {
  if (!metrics?.from || !metrics.to) return <p class="quiet">{metrics_missing ?? t("diff.metrics.none")}</p>;
  const { from, to: later } = metrics;
  const figures: [string, number | null, number | null][] = [
    [t("home.loss"), from.loss, later.loss],
    ...Object.keys(later.metrics).map((name): [string, number | null, number | null] => [
      name,
      from.metrics[name] ?? null,
      later.metrics[name] ?? null,
    ]),
  ];
  return (
    <>
      <Scroll label={t("diff.metrics")}>
        <table>
          <thead>
            <tr>
              <td />
              {[...names, t("diff.change")].map((name) => (
                <th scope="col" class="n">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figures.map(([name, before, after]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {[before, after, before === null || after === null ? null : after - before].map((value) => (
                  <td class="n">
                    <Num value={value} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet small">
        {t(metrics.evaluated_on === "test" ? "diff.rows.test" : "diff.rows.validation", {
          count: whole(metrics.rows ?? 0),
        })}{" "}
        {metrics.job && <a href={to("/jobs", metrics.job)}>{t("predict.snapshot.job")}</a>}
      </p>
    </>
  );
}

function Area({
  text,
  names,
  differences,
}: Named & { text: `diff.${(typeof AREAS)[number]}`; differences: Difference[] }) {
  const [areAll, setAll] = useState(false);
  return (
    <>
      <h3>{t(text)}</h3>
      {differences.length === 0 ? (
        <p class="quiet">{t("diff.same")}</p>
      ) : (
        <Scroll label={t(text)}>
          <table class="diff">
            <thead>
              <tr>
                {[t("diff.place"), ...names].map((name) => (
                  <th scope="col">{name}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {differences.slice(0, areAll ? undefined : SHOWN).map(({ place, from, to: later }) => (
                <tr key={place}>
                  <th scope="row">{place}</th>
                  <td>{written(from)}</td>
                  <td>{written(later)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {differences.length > SHOWN && (
        <p>
          <button type="button" class="button-plain small" onClick={() => setAll(!areAll)}>
            {areAll ? t("bars.fewer") : t("bars.all", { count: differences.length })}
          </button>
        </p>
      )}
    </>
  );
}

function written(value: unknown): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return short(value, 6);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function Weights({ weights, names }: Named & { weights: Diff["weights"] }) {
  const most = Math.max(1, ...weights.map(({ relative }) => relative ?? 0));
  return (
    <Scroll label={t("diff.weights")}>
      <table class="shares diff">
        <thead>
          <tr>
            <th scope="col">{t("diff.tensor")}</th>
            <th scope="col">{t("diff.shape")}</th>
            {names.map((name) => (
              <th scope="col" class="n">
                {t("diff.norm", { name })}
              </th>
            ))}
            <th scope="col" class="n">
              {t("diff.relative")}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {weights.map(({ name, from_shape, to_shape, from_norm, to_norm, relative }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="num">{shapes(from_shape, to_shape)}</td>
              <td class="n">
                <Num value={from_norm} />
              </td>
              <td class="n">
                <Num value={to_norm} />
              </td>
              <td class="n" title={relative === null ? undefined : String(relative)}>
                {percent(relative)}
              </td>
              <td class="share-cell" aria-hidden="true">
                <ShareBar class="share-positive" width={((relative ?? 0) / most) * 100} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function shapes(from: number[] | null, later: number[] | null): string {
  const [before, after] = [from?.join(" × ") ?? "–", later?.join(" × ") ?? "–"];
  return before === after ? before : `${before} → ${after}`;
}
