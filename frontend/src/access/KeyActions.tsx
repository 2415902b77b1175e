import { useState } from "preact/hooks";
import { revokeKey, rotateKey } from "../api/access";
import { caller } from "../api/caller";
import { Problem } from "../api/problem";
import type { Key, NewKey } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";

const HOUR = 3600;
/** How long the old key stays valid. */
const OVERLAPS = [24 * HOUR, HOUR, 7 * 24 * HOUR, 0] as const;

interface Props {
  of: Key;
  onRotated: (made: NewKey) => Promise<void>;
  onChange: () => void;
}

/** Rotate and revoke, each asked for once more. */
export function KeyActions({ of, onRotated, onChange }: Props) {
  const [asked, setAsked] = useState<"rotate" | "revoke" | null>(null);
  const [overlap, setOverlap] = useState<number>(OVERLAPS[0]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isOwn = of.id === caller.value?.key;

  async function go(): Promise<void> {
    setProblem(null);
    try {
      if (asked === "rotate") await onRotated(await rotateKey(of.id, overlap));
      else await revokeKey(of.id);
      setAsked(null);
      onChange();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }

  if (asked === null) {
    return (
      <span class="row key-actions">
        {(["rotate", "revoke"] as const).map((what) => (
          <button
            type="button"
            class="button-plain small"
            aria-label={`${t(`keys.${what}`)}: ${of.name} ${of.hint}`}
            onClick={() => setAsked(what)}
          >
            {t(`keys.${what}`)}
          </button>
        ))}
      </span>
    );
  }
  return (
    <span class="row key-actions">
      {asked === "rotate" && (
        <label class="row small">
          {t("keys.overlap")}
          <select value={overlap} onChange={(event) => setOverlap(Number(event.currentTarget.value))}>
            {OVERLAPS.map((seconds) => (
              <option value={seconds}>{seconds === 0 ? t("keys.overlap.none") : lasting(seconds)}</option>
            ))}
          </select>
        </label>
      )}
      <button type="button" class={asked === "revoke" ? "danger" : undefined} onClick={() => void go()}>
        {t(asked === "rotate" ? "keys.rotate" : isOwn ? "keys.revoke.own" : "keys.revoke.sure")}
      </button>
      <button type="button" class="button-plain" onClick={() => setAsked(null)}>
        {t("cancel")}
      </button>
      {problem && <ProblemNote problem={problem} />}
    </span>
  );
}

const lasting = (seconds: number): string =>
  seconds < 24 * HOUR ? t("keys.hours", { hours: seconds / HOUR }) : t("keys.days", { days: seconds / (24 * HOUR) });
