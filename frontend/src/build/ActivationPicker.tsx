import { useId, useRef } from "preact/hooks";
import type { Description } from "../api/openapi";
import type { Problem } from "../api/problem";
import { nameOf, optionsOf } from "../forms/named";
import { SchemaFields } from "../forms/SchemaFields";
import { formulaIn } from "../forms/words";
import { t } from "../texts/texts";
import { Curve } from "./Curve";

interface Props {
  description: Description;
  value: unknown;
  onValue: (value: unknown) => void;
  problem: Problem | null;
  pointer: string;
}

/** Every activation with its curve, to choose from; arrows walk through them as through radio buttons. */
export function ActivationPicker({ description, value, onValue, problem, pointer }: Props) {
  const id = useId();
  const disclosure = useRef<HTMLDetailsElement>(null);
  const chosen = nameOf(value) ?? "linear";
  const variants = description.variants("Activation");
  const variant = variants.find((each) => each.name === chosen);
  const options = optionsOf(value);
  const faults = problem?.at(pointer) ?? [];
  return (
    <div class="field activation">
      <span class="label">{t("build.activation")}</span>
      <details ref={disclosure} class="picker">
        <summary>
          <Curve name={chosen} options={options} size={28} />
          <span>{chosen}</span>
        </summary>
        <fieldset class="activations">
          <legend class="visually-hidden">{t("build.activation")}</legend>
          {variants.map(({ name }) => (
            <label class="activation-choice">
              <input
                type="radio"
                class="visually-hidden"
                name={id}
                value={name}
                checked={name === chosen}
                onChange={() => onValue(name)}
                onClick={(event) => event.detail > 0 && disclosure.current?.removeAttribute("open")}
              />
              <Curve name={name} options={name === chosen ? options : undefined} />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
      </details>
      {variant && <span class="help rule">{formulaIn(variant.description)}</span>}
      {faults.length > 0 && <span class="fault">{faults.join("; ")}</span>}
      {variant && Object.keys(variant.options).length > 0 && (
        <SchemaFields
          {...{ description, problem, pointer }}
          options={variant.options}
          values={options}
          onValues={(values) => onValue(Object.keys(values).length > 0 ? { type: chosen, ...values } : chosen)}
        />
      )}
    </div>
  );
}
