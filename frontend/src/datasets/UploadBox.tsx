import { useState } from "preact/hooks";
import { go, to } from "../shell/router";
import { t } from "../texts/texts";
import { FileButton, FileProblem } from "./FileButton";
import { read } from "./files";
import { useUpload } from "./useUpload";

/** Takes one file, chosen or dropped, and leads to what was found in it. */
export function UploadBox() {
  const [isOver, setOver] = useState(false);
  const uploading = useUpload(async (file) => go(to("/datasets", (await read(file)).name)));
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
          void uploading.send(event.dataTransfer?.files[0]);
        }}
      >
        <FileButton uploading={uploading} text={t("datasets.upload")} isMain />
        <span class="quiet small">{t("datasets.upload.help")}</span>
      </div>
      <FileProblem uploading={uploading} />
    </>
  );
}
