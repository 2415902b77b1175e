import type { Description } from "../api/openapi";
import type { Network } from "../api/types";
import { nameOf } from "../forms/named";
import { helpOf, labelOf } from "../forms/words";
import { isOfClasses, type OptionProps } from "./options";

/** Which metrics tell something of an answer in numbers; the rest tell of classes. */
const OF_NUMBERS = new Set(["mae", "rmse", "r2", "mape"]);

/** A box for each metric; those that fit what the network answers stand first. */
export function MetricBoxes({
  options,
  set,
  problem,
  description,
  network,
}: OptionProps & { description: Description; network: Network }) {
  const chosen = (Array.isArray(options.metrics) ? options.metrics : []) as unknown[];
  const fits = (name: string) => OF_NUMBERS.has(name) !== isOfClasses(network);
  const metrics = description.variants("Metric").toSorted((a, b) => Number(fits(b.name)) - Number(fits(a.name)));
  const toggle = (name: string, isOn: boolean) => {
    const rest = chosen.filter((metric) => nameOf(metric) !== name);
    const next = isOn ? [...rest, name] : rest;
    set("metrics", next.length > 0 ? next : undefined);
  };
  const faults = problem?.at("#/metrics") ?? [];
  return (
    <fieldset class="field">
      <legend>{labelOf("metrics")}</legend>
      <span class="help">{helpOf("metrics", {})}</span>
      <div class="boxes">
        {metrics.map(({ name, description: formula }) => (
          <label class={fits(name) ? "check" : "check quiet"} title={formula}>
            <input
              type="checkbox"
              checked={chosen.some((metric) => nameOf(metric) === name)}
              onChange={(event) => toggle(name, event.currentTarget.checked)}
            />
            {name}
          </label>
        ))}
      </div>
      {faults.length > 0 && <span class="fault">{faults.join("; ")}</span>}
    </fieldset>
  );
}
