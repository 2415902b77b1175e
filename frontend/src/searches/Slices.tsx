import type { Parameter, Search } from "../api/searches";
import { Plot, type Point } from "../evaluate/Plot";
import { short, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { parameterName, written } from "./space";
import { byValue, clamped, type Done, logTicks } from "./trials";

interface Props {
  search: Search;
  done: readonly Done[];
}

/** What each parameter alone says of the value: a point is a trial. */
export function Slices({ search, done }: Props) {
  const { goal, metric } = search.objective;
  const { values } = clamped(done, goal);
  const shown = done.map((trial, at) => ({ ...trial, value: values[at]! }));
  const parameters = Object.entries(search.parameters);
  const best = search.best && done.find(({ trial }) => trial === search.best?.trial);
  return (
    <>
      <div class="plots">
        {parameters
          .filter(([, { values }]) => !values)
          .map(([pointer, parameter]) => {
            const at = (trial: Done): Point[] => placed(parameter, trial.parameters[pointer], trial.value);
            return (
              <Plot
                isTight
                title={t("searches.slice.plot", { metric, name: parameterName(pointer) })}
                x={parameterName(pointer)}
                y={metric}
                points={shown.flatMap(at)}
                mark={best ? (at(best)[0] ?? null) : null}
                xTicks={parameter.scale === "log" ? logTicks(parameter) : undefined}
              />
            );
          })}
      </div>
      {parameters
        .filter(([, { values }]) => values)
        .map(([pointer]) => (
          <ByValue pointer={pointer} metric={metric} rows={byValue(done, pointer, goal)} />
        ))}
    </>
  );
}

/** A logarithmic parameter stands at its power of ten. */
function placed({ scale }: Parameter, given: unknown, value: number): Point[] {
  if (typeof given !== "number") return [];
  return [[scale === "log" ? Math.log10(given) : given, value]];
}

function ByValue({ pointer, metric, rows }: { pointer: string; metric: string; rows: ReturnType<typeof byValue> }) {
  const name = parameterName(pointer);
  return (
    <Scroll label={name} class="slice">
      <table class="trainings">
        <thead>
          <tr>
            <th scope="col" class="mono">
              {name}
            </th>
            <th scope="col" class="n">
              {t("searches.trials")}
            </th>
            <th scope="col" class="n">
              {t("searches.slice.best", { metric })}
            </th>
            <th scope="col" class="n">
              {t("searches.slice.median", { metric })}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ value, count, best, median }) => (
            <tr>
              <th scope="row" class="mono small">
                {written(value)}
              </th>
              <td class="n">{whole(count)}</td>
              <td class="n">
                <Num value={best} />
              </td>
              <td class="n" title={String(median)}>
                {short(median)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
