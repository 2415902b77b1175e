import { useId, useState } from "preact/hooks";
import { speaksNames, targetColumns } from "../api/table";
import type { Network } from "../api/types";
import { chosen } from "../parts/chosen";
import { whole } from "../parts/format";
import { t } from "../texts/texts";
import { type Fault, readObjects, readRows } from "./csv";
import type { Source } from "./source";

/** Text of a table, pasted or from a file, as rows for this network; what is wrong is said with its line. */
export function PasteRows({ network, onSource }: { network: Network; onSource: (source: Source) => void }) {
  const id = useId();
  const [text, setText] = useState("");
  const read = text.trim() === "" ? null : sourceIn(text, network);
  const fault = read && "key" in read ? t(read.key, read.values) : null;
  const count = read && "kind" in read ? countOf(read) : 0;
  const columns = [
    ...(network.features ?? Array.from({ length: network.inputs }, (_, index) => `x${index + 1}`)).slice(0, 4),
    ...(speaksNames(network) ? targetColumns(network) : [t("rows.target")]),
  ];

  function take(typed: string): void {
    setText(typed);
    const found = typed.trim() === "" ? null : sourceIn(typed, network);
    onSource(found && "kind" in found ? found : { kind: "none" });
  }

  return (
    <div class="field">
      <label for={id}>{t("rows.text")}</label>
      <textarea
        id={id}
        rows={7}
        spellcheck={false}
        value={text}
        placeholder={columns.join(",")}
        aria-invalid={fault ? "true" : undefined}
        aria-describedby={`${id}-help`}
        onInput={(event) => take(event.currentTarget.value)}
      />
      <span id={`${id}-help`} class={fault ? "fault" : "help"} role="status">
        {fault ?? (count > 0 ? t("rows.read", { count: whole(count) }) : t("rows.help"))}
      </span>
      <label class="button file">
        {t("rows.open")}
        <input
          type="file"
          class="visually-hidden"
          accept=".csv,.tsv,.txt"
          onChange={(event) => void chosen(event.currentTarget)?.text().then(take)}
        />
      </label>
    </div>
  );
}

const sourceIn = (text: string, network: Network): Source | Fault =>
  speaksNames(network) ? readObjects(text, network) : readRows(text, network);

const countOf = (source: Source): number =>
  source.kind === "rows" ? source.rows.inputs.length : source.kind === "objects" ? source.objects.length : 0;
