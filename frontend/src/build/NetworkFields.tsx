import { useState } from "preact/hooks";
import type { Description } from "../api/openapi";
import type { Problem } from "../api/problem";
import { Choice } from "../forms/Choice";
import { Field } from "../forms/Field";
import { SchemaFields } from "../forms/SchemaFields";
import "../texts/fields";
import { t } from "../texts/texts";
import { inputsText, setField, spec, write } from "./draft";
import { readInputs, type Spec, words } from "./spec";

/** What a network has beside its layers: name, inputs, labels, loss, precision and seed. */
export function NetworkFields({ description, problem }: { description: Description; problem: Problem | null }) {
  const { name, loss, labels } = spec.value;
  const body = description.schema("NetworkBody").properties ?? {};
  const more = Object.fromEntries(
    ["description", "dtype", "seed"].flatMap((key) => (body[key] ? [[key, body[key]]] : [])),
  );
  return (
    <div class="stack">
      <div class="fields">
        <Field label={t("build.name")} help={t("build.name.help")} faults={problem?.at("#/name")}>
          {(described) => (
            <input
              {...described}
              type="text"
              autocomplete="off"
              value={String(name ?? "")}
              onInput={(event) => setField("name", event.currentTarget.value)}
            />
          )}
        </Field>
        {inputsText.value === null ? (
          <p class="quiet small">{t("build.inputs.table")}</p>
        ) : (
          <Text
            label={t("build.inputs")}
            help={t("build.inputs.help")}
            faults={problem?.at("#/inputs")}
            value={inputsText.value}
            onText={(typed) => setField("inputs", readInputs(typed))}
          />
        )}
        {spec.value.target === undefined && (
          <Text
            label={t("build.labels")}
            help={t("build.labels.help")}
            faults={problem?.at("#/labels")}
            value={Array.isArray(labels) ? labels.join(", ") : ""}
            onText={(typed) => setField("labels", words(typed).length > 0 ? words(typed) : undefined)}
          />
        )}
      </div>
      <Choice
        {...{ description, problem }}
        kind="Loss"
        name="loss"
        value={loss}
        fallback={body.loss?.default}
        pointer="#/loss"
        onValue={(value) => setField("loss", value)}
        help={t("help.loss")}
      />
      <details>
        <summary>{t("build.more")}</summary>
        <div class="layer-more">
          <SchemaFields
            {...{ description, problem }}
            options={more}
            values={spec.value}
            onValues={(values) => write(values as Spec)}
            pointer="#"
          />
        </div>
      </details>
    </div>
  );
}

interface TextProps {
  label: string;
  help: string;
  faults: string[] | undefined;
  value: string;
  onText: (text: string) => void;
}

/** Text that means a list: what is typed stays as it is typed until the list changes elsewhere. */
function Text({ label, help, faults, value, onText }: TextProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const isSame = typed !== null && words(typed).join(", ") === value;
  return (
    <Field label={label} help={help} faults={faults}>
      {(described) => (
        <input
          {...described}
          type="text"
          autocomplete="off"
          value={isSame ? typed : value}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            onText(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}
