/** The spec that is being written. Text and form are two views of it; it outlives a reload. */
import { computed, signal } from "@preact/signals";
import { withField } from "../forms/SchemaFields";
import { keep, kept } from "../shell/kept";
import { addressOf, leaveField, type State, share } from "./link";
import { isFor, type Play } from "./play";
import { FIRST, type LayerSpec, parseSpec, type Spec, writeSpec } from "./spec";

const saved = kept("draft");
const savedSpec = saved === null ? null : parseSpec(saved);

export const spec = signal<Spec>(savedSpec !== null && typeof savedSpec === "object" ? savedSpec : FIRST);
export const text = signal(writeSpec(spec.value));
/** The data that it is built for, if they are chosen here. */
export const play = signal<Play | null>(null);
/** Why the text is not JSON; the form then shows the last that was. */
export const textFault = signal<string | null>(null);
/** One for each layer, so that a layer that is moved takes its inputs and the focus along. */
export const keys = signal<number[]>([]);

let nextKey = 0;
const freshKeys = (count: number) => Array.from({ length: count }, () => nextKey++);
keys.value = freshKeys(spec.value.layers.length);

const now = (): State => ({ spec: spec.value, play: play.value });

function take(next: Spec, data: Play | null): void {
  if (next.layers.length !== keys.value.length) keys.value = freshKeys(next.layers.length);
  spec.value = next;
  // A network with other inputs or classes is not for these data any more.
  play.value = data && isFor(next, data) ? data : null;
  keep("draft", writeSpec(next));
}

function rewrite(next: Spec, data: Play | null): void {
  take(next, data);
  text.value = writeSpec(next);
  textFault.value = null;
}

/** What an address says, which therefore stays as it is. */
export function restore(state: State): void {
  if (addressOf(state) === addressOf(now())) return;
  rewrite(state.spec, state.play);
  leaveField();
}

export function write(next: Spec, data = play.value): void {
  const before = now();
  rewrite(next, data);
  share(before, now());
}

export function setField(name: string, value: unknown): void {
  write(withField(spec.value, name, value) as Spec);
}

export function writeText(typed: string): void {
  text.value = typed;
  const parsed = parseSpec(typed);
  if (typeof parsed === "string") {
    textFault.value = parsed;
    return;
  }
  textFault.value = null;
  const before = now();
  take(parsed, play.value);
  share(before, now());
}

export function setLayer(index: number, layer: LayerSpec): void {
  write({ ...spec.value, layers: spec.value.layers.map((each, at) => (at === index ? layer : each)) });
}

export function addLayer(layer: LayerSpec, at = spec.value.layers.length): void {
  keys.value = keys.value.toSpliced(at, 0, nextKey++);
  write({ ...spec.value, layers: spec.value.layers.toSpliced(at, 0, layer) });
}

export function removeLayer(index: number): void {
  keys.value = keys.value.toSpliced(index, 1);
  write({ ...spec.value, layers: spec.value.layers.toSpliced(index, 1) });
}

export function moveLayer(index: number, to: number): void {
  if (to < 0 || to >= spec.value.layers.length) return;
  const moved = <T>(list: T[]): T[] => list.toSpliced(index, 1).toSpliced(to, 0, list[index] as T);
  keys.value = moved(keys.value);
  write({ ...spec.value, layers: moved(spec.value.layers) });
}

export function forget(): void {
  keep("draft", null);
}

export const inputsText = computed(() => {
  const { inputs } = spec.value;
  if (Array.isArray(inputs)) return inputs.every((name) => typeof name === "string") ? inputs.join(", ") : null;
  return inputs === undefined ? "" : typeof inputs === "number" ? String(inputs) : null;
});
