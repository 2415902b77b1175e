/** Whether the service answers. While it does not, it is asked again every second or two, and `revivals` counts returns. */
import { signal } from "@preact/signals";
import { below } from "./base";

export const connected = signal(true);
/** Pages read this in their effects: it changes when the service is back, and what they show may be old. */
export const revivals = signal(0);

const LOOK_AGAIN_MS = 1500;
let looking = false;

export function lost(): void {
  connected.value = false;
  if (looking) return;
  looking = true;
  setTimeout(look, LOOK_AGAIN_MS);
}

async function look(): Promise<void> {
  try {
    const answer = await fetch(below("/readyz"), { cache: "no-store" });
    if (answer.ok) {
      looking = false;
      connected.value = true;
      revivals.value += 1;
      return;
    }
  } catch {
    // Still away.
  }
  setTimeout(look, LOOK_AGAIN_MS);
}
