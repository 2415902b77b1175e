/** What the service would make of a spec, asked shortly after each change; the last good answer stays beside a fault. */
import { dryRun } from "../api/networks";
import { useSettled } from "../parts/useSettled";

const PAUSE_MS = 200;

export const useDryRun = (body: unknown) =>
  useSettled([JSON.stringify(body)], (signal) => dryRun(body, signal), PAUSE_MS);
