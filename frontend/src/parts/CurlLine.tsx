import { t } from "../texts/texts";
import { Code } from "./Code";
import { CopyButton } from "./CopyButton";
import { curlOf } from "./curl";

/** The request of this form, to be sent by anyone else. Long data are shortened on the screen, not when copied. */
export function CurlLine({ path, body, shown }: { path: string; body?: unknown; shown?: unknown }) {
  return (
    <div class="curl">
      <div class="row row-between">
        <h3>{t("curl.title")}</h3>
        <CopyButton text={() => curlOf(path, body)} />
      </div>
      <Code class="curl-line" label={t("curl.title")}>
        {curlOf(path, shown ?? body)}
      </Code>
    </div>
  );
}
