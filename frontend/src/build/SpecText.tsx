import { useId } from "preact/hooks";
import { t } from "../texts/texts";
import { text, textFault, writeText } from "./draft";

/** The JSON of the network: it follows the form, and the form follows it. */
export function SpecText() {
  const id = useId();
  const lines = text.value.split("\n").length;
  return (
    <div class="field">
      <h2>
        <label for={id}>{t("build.json.title")}</label>
      </h2>
      <textarea
        id={id}
        class="spec"
        spellcheck={false}
        rows={Math.min(Math.max(lines, 8), 28)}
        value={text.value}
        aria-invalid={textFault.value ? "true" : undefined}
        aria-describedby={`${id}-help`}
        onInput={(event) => writeText(event.currentTarget.value)}
      />
      <span id={`${id}-help`} class={textFault.value ? "fault" : "help"} role={textFault.value ? "status" : undefined}>
        {textFault.value ? t("build.json.fault", { fault: textFault.value }) : t("build.json.help")}
      </span>
    </div>
  );
}
