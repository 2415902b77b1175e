import type { Description } from "../api/openapi";
import type { Problem } from "../api/problem";
import type { Shape } from "../api/types";
import { nameOf, optionsOf } from "../forms/named";
import { SchemaFields, withField } from "../forms/SchemaFields";
import { Icon } from "../parts/Icon";
import { t } from "../texts/texts";
import { ActivationPicker } from "./ActivationPicker";
import { addLayer, moveLayer, removeLayer, setLayer } from "./draft";
import { type LayerSpec, newLayer } from "./spec";
import { WeightsByHand } from "./WeightsByHand";

interface Props {
  description: Description;
  layer: LayerSpec;
  index: number;
  count: number;
  shape: Shape | undefined;
  problem: Problem | null;
}

/** Fields that have a place of their own, or only the JSON. */
const ELSEWHERE = new Set(["activation", "weights", "biases", "layers", "columns"]);
const FIRST = new Set(["units", "drop_rate"]);

export function LayerCard({ description, layer, index, count, shape, problem }: Props) {
  const type = nameOf(layer) ?? "";
  const options = optionsOf(layer);
  const variant = description.variants("Layer").find((each) => each.name === type);
  const pointer = `#/layers/${index}`;
  const set = (changed: Record<string, unknown>) =>
    setLayer(index, Object.keys(changed).length > 0 || variant?.required.length ? { type, ...changed } : type);
  const entries = Object.entries(variant?.options ?? {}).filter(([name]) => !ELSEWHERE.has(name));
  const pick = (isFirst: boolean) => Object.fromEntries(entries.filter(([name]) => FIRST.has(name) === isFirst));
  const others = pick(false);
  const own = problem?.faults.filter((fault) => fault.pointer === pointer) ?? [];

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
    if (step === undefined) return;
    event.preventDefault();
    const focused = document.activeElement;
    moveLayer(index, index + step);
    requestAnimationFrame(() => focused instanceof HTMLElement && focused.focus());
  }

  return (
    <li class="card layer" onKeyDown={onKeyDown} aria-label={t("build.layer", { number: index + 1 })}>
      <div class="layer-head">
        <span class="layer-number num">{index + 1}</span>
        <select
          aria-label={t("build.layer.type", { number: index + 1 })}
          value={type}
          onChange={(event) => setLayer(index, newLayer(event.currentTarget.value))}
        >
          {description.variants("Layer").map((each) => (
            <option value={each.name}>{each.name}</option>
          ))}
        </select>
        <span class="quiet small num spring">{shape && `${shape.inputs} → ${shape.outputs}`}</span>
        <button
          type="button"
          class="button-plain button-icon"
          aria-label={t("build.layer.up", { number: index + 1 })}
          disabled={index === 0}
          onClick={() => moveLayer(index, index - 1)}
        >
          <Icon name="up" />
        </button>
        <button
          type="button"
          class="button-plain button-icon"
          aria-label={t("build.layer.down", { number: index + 1 })}
          disabled={index === count - 1}
          onClick={() => moveLayer(index, index + 1)}
        >
          <Icon name="down" />
        </button>
        <button
          type="button"
          class="button-plain button-icon"
          aria-label={t("build.layer.copy", { number: index + 1 })}
          onClick={() => addLayer(structuredClone(layer), index + 1)}
        >
          <Icon name="copy" />
        </button>
        <button
          type="button"
          class="button-plain button-icon"
          aria-label={t("build.layer.remove", { number: index + 1 })}
          onClick={() => removeLayer(index)}
        >
          <Icon name="cross" />
        </button>
      </div>
      {own.map((fault) => (
        <p class="fault">{fault.detail}</p>
      ))}
      <div class="layer-body">
        <SchemaFields {...{ description, problem, pointer }} options={pick(true)} values={options} onValues={set} />
        {variant?.options.activation && (
          <ActivationPicker
            {...{ description, problem }}
            value={options.activation}
            onValue={(value) => set(withField(options, "activation", value))}
            pointer={`${pointer}/activation`}
          />
        )}
      </div>
      {type === "residual" && <p class="quiet small">{t("build.layer.inner")}</p>}
      {Object.keys(others).length > 0 && (
        <details>
          <summary>{t(type === "dense" ? "build.layer.more" : "build.layer.options")}</summary>
          <div class="stack layer-more">
            <SchemaFields {...{ description, problem, pointer }} options={others} values={options} onValues={set} />
            {type === "dense" && shape && Number(options.units) > 0 && (
              <WeightsByHand options={options} inputs={shape.inputs} units={Number(options.units)} onOptions={set} />
            )}
          </div>
        </details>
      )}
    </li>
  );
}
