import type { Dataset } from "../api/datasets";
import type { Network } from "../api/types";
import { Field } from "../forms/Field";
import { t } from "../texts/texts";

interface Props {
  network: Network;
  dataset: Dataset;
  inputs: string[];
  onInputs: (inputs: string[]) => void;
}

/** For a network of plain numbers that are called otherwise: the column of each input. */
export function InputColumns({ network, dataset, inputs, onInputs }: Props) {
  const names = network.features ?? Array.from({ length: network.inputs }, (_, index) => `x${index + 1}`);
  return (
    <fieldset class="stack-tight">
      <legend>{t("score.inputs")}</legend>
      <p class="quiet small">{t("score.inputs.help")}</p>
      <div class="fields">
        {names.map((name, at) => (
          <Field key={name} label={name}>
            {(described) => (
              <select
                {...described}
                value={inputs[at] ?? ""}
                onChange={(event) =>
                  onInputs(names.map((_, each) => (each === at ? event.currentTarget.value : (inputs[each] ?? ""))))
                }
              >
                <option value="">{t("score.inputs.choose")}</option>
                {dataset.columns.map((column) => (
                  <option value={column.name}>{column.name}</option>
                ))}
              </select>
            )}
          </Field>
        ))}
      </div>
    </fieldset>
  );
}
