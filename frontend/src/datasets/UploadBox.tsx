import { useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { chosen } from "../parts/chosen";
import { ProblemNote } from "../parts/ProblemNote";
import { go, to } from "../shell/router";
import { t } from "../texts/texts";
import { read, TYPES } from "./files";

/** Takes one file, chosen or dropped, and leads to what was found in it. */
export function UploadBox() {
  const [isBusy, setBusy] = useState(false);
  const [isOver, setOver] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function send(file: File | undefined): Promise<void> {
    if (!file) return;
    setBusy(true);
    setProblem(null);
    try {
      if (file.size === 0) throw new Problem("file", 422, "", t("datasets.file.empty"));
      go(to("/datasets", (await read(file)).name));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: files are dropped here; keys use the button inside */}
      <div
        class={isOver ? "upload upload-over" : "upload"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void send(event.dataTransfer?.files[0]);
        }}
      >
        <label class="button button-main file">
          {isBusy ? t("datasets.uploading") : t("datasets.upload")}
          <input
            type="file"
            class="visually-hidden"
            accept={TYPES}
            disabled={isBusy}
            onChange={(event) => void send(chosen(event.currentTarget))}
          />
        </label>
        <span class="quiet small">{t("datasets.upload.help")}</span>
      </div>
      {problem && (
        <ProblemNote problem={problem} next={problem.status === 422 ? t("datasets.file.correct") : undefined} />
      )}
    </>
  );
}
