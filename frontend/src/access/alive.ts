import type { Key } from "../api/types";

/** Whether a key still opens anything. */
export const isAlive = ({ revoked_at, expires_at }: Key): boolean =>
  revoked_at === null && (expires_at === null || Date.parse(expires_at) > Date.now());
