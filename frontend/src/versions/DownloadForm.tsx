import type { Network, Snapshot, Version } from "../api/types";
import { addressOfFile, readFile } from "../api/versions";
import { Field } from "../forms/Field";
import { Code } from "../parts/Code";
import { CopyButton } from "../parts/CopyButton";
import { curlOf } from "../parts/curl";
import { ProblemNote } from "../parts/ProblemNote";
import { useAct } from "../parts/useAct";
import { setQuery } from "../shell/router";
import { t } from "../texts/texts";
import { codeOf, FORMATS, type Format, fileName, fileOf, PACKAGES } from "./files";
import { WeightsField } from "./WeightsField";

interface Props {
  network: Network;
  versions: Version[];
  snapshots: Snapshot[];
  weights: string;
  format: string | undefined;
}

/** A version or snapshot as a file, and how a program uses it. */
export function DownloadForm({ network, versions, snapshots, weights, format: asked }: Props) {
  const format = FORMATS.find((each) => each === asked) ?? "python";
  const { act, isBusy, problem, forget } = useAct();
  const file = fileOf(format, weights);
  const name = fileName(network, format);
  const choose = (changes: Record<string, string>) => {
    forget();
    setQuery(changes);
  };
  const download = () => act(async () => save(await readFile(network.name, file), name));
  const code = codeOf(network, format);
  return (
    <>
      <div class="fields">
        <WeightsField
          label={t("downloads.weights")}
          {...{ versions, snapshots }}
          chosen={weights}
          choose={(chosen) => choose({ download: chosen })}
        />
        <Field label={t("downloads.format")} help={t(`downloads.${format}.help`)}>
          {(described) => (
            <select
              {...described}
              value={format}
              onChange={(event) => choose({ format: event.currentTarget.value as Format })}
            >
              {FORMATS.map((each) => (
                <option value={each}>{t(`downloads.${each}`)}</option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div class="row">
        <button type="button" class="button-main" disabled={isBusy} onClick={() => void download()}>
          {isBusy ? t("downloads.busy") : t("downloads.do", { file: name })}
        </button>
        <CopyButton text={() => curlOf(addressOfFile(network.name, file))} label={t("downloads.curl")} />
      </div>
      {problem && <ProblemNote problem={problem} />}
      <div class="row row-between">
        <h3>{t("downloads.code")}</h3>
        <CopyButton text={() => code} />
      </div>
      <Code label={t("downloads.code")}>{code}</Code>
      {PACKAGES[format] && <p class="quiet small">{t("downloads.needs", { packages: PACKAGES[format] })}</p>}
    </>
  );
}

/** As if a link to it had been followed. */
function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
