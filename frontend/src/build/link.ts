/** The whole state of the page in its address: the network as its JSON, and the data beside it. */
import { pushAddress, route, setAddress, withParams } from "../shell/router";
import { type Play, playOf, queryOf } from "./play";
import { parseSpec, type Spec } from "./spec";

export interface State {
  spec: Spec;
  play: Play | null;
}

/** Longer addresses are cut by programs that pass them on. */
const MOST = 16_000;
export const BARE = "#/build";

export function addressOf({ spec, play }: State): string {
  const address = withParams(BARE, { ...(play && queryOf(play)), spec: JSON.stringify(spec) });
  return address.length > MOST ? BARE : address;
}

/** Null where the address says nothing of a network. */
export function stateOf(query: Readonly<Record<string, string | undefined>>): State | null {
  if (query.spec === undefined) return null;
  const spec = parseSpec(query.spec);
  return typeof spec === "string" ? null : { spec, play: playOf(query) };
}

/** The field that the last change was typed into. */
let typedInto: Element | null = null;

/** A change is a step in the history; what is typed into one field is a single one. */
export function share(before: State, after: State): void {
  if (route.value.path !== "/build") return;
  const address = addressOf(after);
  if (address === location.hash) return;
  const field = typing();
  if (field !== null && field === typedInto) setAddress(address);
  else {
    if (route.value.query.spec === undefined) setAddress(addressOf(before));
    pushAddress(address);
  }
  typedInto = field;
}

/** What is typed next is a change of its own. */
export function leaveField(): void {
  typedInto = null;
}

function typing(): Element | null {
  const { activeElement } = document;
  return activeElement?.matches("input:not([type=radio], [type=checkbox]), textarea") ? activeElement : null;
}
