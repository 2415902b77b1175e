import { activationName } from "../inside/activations";
import type { LayerSpec } from "../inside/model";
import { t } from "../texts/texts";
import { lossName, type Setting } from "./source";

const ACTIVATIONS = ["sigmoid", "tanh", "relu", "linear"];
const LOSSES = [
  "half_squared_error",
  "mean_squared_error",
  "mean_absolute_error",
  "binary_cross_entropy",
  "cross_entropy",
];

/** The activation of each layer and the loss: other ones belong to another network, of which nothing is stored here either. */
export function Functions({ setting, onChange }: { setting: Setting; onChange(setting: Setting): void }) {
  const { network } = setting;
  const layers = network.layers as (LayerSpec | string)[];
  const dense = layers.flatMap((layer, at) =>
    typeof layer !== "string" && layer.type === "dense" ? [{ layer, at }] : [],
  );
  const set = (changes: Partial<Setting["network"]>) => onChange({ ...setting, network: { ...network, ...changes } });
  return (
    <div class="cells">
      {dense.map(({ layer, at }, index) => (
        <Pick
          label={t("step.activation_of", { layer: setting.layers[at]?.name ?? `dense_${index + 1}` })}
          value={activationName(layer.activation)}
          choices={index === dense.length - 1 ? [...ACTIVATIONS, "softmax"] : ACTIVATIONS}
          onPick={(activation) =>
            set({ layers: layers.map((each, other) => (other === at ? { ...layer, activation } : each)) })
          }
        />
      ))}
      <Pick
        label={t("step.loss_function")}
        value={lossName(network.loss)}
        choices={LOSSES}
        onPick={(loss) => set({ loss })}
      />
    </div>
  );
}

interface PickProps {
  label: string;
  value: string;
  choices: readonly string[];
  onPick(value: string): void;
}

function Pick({ label, value, choices, onPick }: PickProps) {
  return (
    <label class="cell-field">
      <span>{label}</span>
      <select aria-label={label} value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {(choices.includes(value) ? choices : [value, ...choices]).map((each) => (
          <option value={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}
