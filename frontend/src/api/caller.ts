/**
 * Who is signed in, and what they may do. A request that is answered with 401 waits here until somebody has signed in, and is
 * then sent again: what a reader was doing goes on.
 */
import { signal } from "@preact/signals";
import type { Caller, Scope } from "./types";

/** Null until the service has said it. */
export const caller = signal<Caller | null>(null);
/** Whether somebody has to sign in first. */
export const isSignedOut = signal(false);

export const may = (scope: Scope): boolean => caller.value?.scopes.includes(scope) ?? false;

let waiting: (() => void)[] = [];

/** Ask the reader to sign in; resolved once that is done. */
export function signInNeeded(): Promise<void> {
  isSignedOut.value = true;
  return new Promise((resolve) => waiting.push(resolve));
}

export function signedIn(as: Caller): void {
  caller.value = as;
  isSignedOut.value = false;
  const resumed = waiting;
  waiting = [];
  for (const resume of resumed) resume();
}
