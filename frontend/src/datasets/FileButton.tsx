import { chosen } from "../parts/chosen";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";
import { TYPES } from "./files";
import type { Uploading } from "./useUpload";

interface Props {
  uploading: Uploading;
  text: string;
  isMain?: boolean;
}

/** Chooses a file and sends it. */
export const FileButton = ({ uploading: { isBusy, send }, text, isMain = false }: Props) => (
  <label class={isMain ? "button button-main file" : "button file"}>
    {isBusy ? t("datasets.uploading") : text}
    <input
      type="file"
      class="visually-hidden"
      accept={TYPES}
      disabled={isBusy}
      onChange={(event) => void send(chosen(event.currentTarget))}
    />
  </label>
);

/** What was wrong with the file. */
export const FileProblem = ({ uploading: { problem } }: { uploading: Uploading }) =>
  problem && <ProblemNote problem={problem} next={problem.status === 422 ? t("datasets.file.correct") : undefined} />;
