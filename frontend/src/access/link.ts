/** The link that a start prints on a terminal, `#/sign-in?token=…`: it signs in once. */

import { signal } from "@preact/signals";
import { getCaller, signIn } from "../api/access";
import { signedIn } from "../api/caller";
import { Problem } from "../api/problem";
import type { Caller } from "../api/types";
import { route, setAddress } from "../shell/router";

export const LINK_PATH = "/sign-in";
/** Why the link did not sign in. */
export const linkProblem = signal<Problem | null>(null);

let token: string | null = null;

/** Before anything is shown: the token leaves the address and the history. */
export function takeToken(): void {
  if (route.value.path !== LINK_PATH) return;
  token = route.value.query.token ?? null;
  setAddress("#/");
}

/** Who is here: by the link, or else by the cookie or the key that is asked for. */
export async function meet(): Promise<Caller> {
  const given = token;
  token = null;
  const found = (given && (await byToken(given))) || (await getCaller());
  signedIn(found);
  return found;
}

async function byToken(given: string): Promise<Caller | null> {
  try {
    return await signIn({ token: given });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.isUnreachable) token = given;
    linkProblem.value = error;
    return null;
  }
}
