/** What the service would make of a spec, asked shortly after each change; the last good answer stays beside a fault. */
import { dryRun } from "../api/networks";
import { useSettled } from "../parts/useSettled";

const PAUSE_MS = 200;

export function useDryRun(body: unknown) {
  const text = JSON.stringify(body);
  const { answer, ...others } = useSettled(
    [text],
    async (signal) => ({ text, dry: await dryRun(body, signal) }),
    PAUSE_MS,
  );
  // The spec may have changed since, also in this very moment.
  return { ...others, answer: answer?.dry ?? null, fits: answer?.text === text ? answer.dry : null };
}
