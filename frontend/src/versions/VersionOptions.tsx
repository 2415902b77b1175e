import type { Version } from "../api/types";
import { t } from "../texts/texts";

/** Versions to choose from, each by its number. */
export const VersionOptions = ({ versions }: { versions: Version[] }) => (
  <>
    {versions.map(({ version, note }) => (
      <option value={String(version)}>
        {t("weights.version", { version })}
        {note && `: ${note}`}
      </option>
    ))}
  </>
);
