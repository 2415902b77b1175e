/** Every number of a pass with its formula, unit by unit. Layers and units count from 1 in symbols, from 0 in arrays. */
import { applied, derived } from "./activation";
import { f, type Line, line, n, sum } from "./formula";
import { outputDelta } from "./loss";
import type { Pass } from "./pass";
import * as symbol from "./symbols";

export function zLine(pass: Pass, layer: number, unit: number): Line {
  const { x, weights, biases, z } = pass.layers[layer - 1]!;
  const bias = biases[unit];
  const formula = x.map((_, from) => `${symbol.w(layer, from + 1, unit + 1)} ${symbol.a(layer - 1, from + 1)}`);
  const numbers = x.map((value, from) => `${f(weights[from]![unit]!)} · ${f(value)}`);
  const own = x.reduce((total, value, from) => total + weights[from]![unit]! * value, bias ?? 0);
  const last = bias === undefined ? [] : [symbol.b(layer, unit + 1)];
  return line(
    symbol.z(layer, unit + 1),
    sum([...formula, ...last]),
    sum([...numbers, ...(bias === undefined ? [] : [f(bias)])]),
    own,
    z[unit]!,
  );
}

export function aLine(pass: Pass, layer: number, unit: number): Line {
  const { activation, z, a } = pass.layers[layer - 1]!;
  const written = applied(activation, z, unit, (other) => symbol.z(layer, other));
  return line(symbol.a(layer, unit + 1), written.formula, written.numbers, written.value, a[unit]!);
}

export function deltaLine(pass: Pass, layer: number, unit: number): Line {
  if (layer === pass.layers.length) return outputDelta(pass, layer, unit);
  const { activation, z, a, delta, leadsToDense } = pass.layers[layer - 1]!;
  const next = pass.layers[layer]!;
  const name = symbol.delta(layer, unit + 1);
  const slope = derived(activation, z[unit]!, a[unit]!, symbol.z(layer, unit + 1), symbol.a(layer, unit + 1));
  if (!slope || !leadsToDense) return { symbol: name, formula: "∂L/∂z", numbers: null, result: delta[unit]! };
  const row = next.weights[unit]!;
  const formula = sum(
    row.map((_, to) => `${symbol.w(layer + 1, unit + 1, to + 1)} ${symbol.delta(layer + 1, to + 1)}`),
  );
  const numbers = sum(row.map((weight, to) => `${f(weight)} · ${f(next.delta[to]!)}`));
  const own = row.reduce((total, weight, to) => total + weight * next.delta[to]!, 0) * slope.value;
  return line(name, `(${formula}) · ${slope.formula}`, `(${numbers}) · ${slope.numbers}`, own, delta[unit]!);
}

export function gradientLines(pass: Pass, layer: number, unit: number): Line[] {
  const { x, delta, gradients, biasGradients, keepsBias, weights, l1, l2 } = pass.layers[layer - 1]!;
  const own = delta[unit]!;
  const lines = x.map((value, from) => {
    const [weight, name] = [weights[from]![unit]!, symbol.w(layer, from + 1, unit + 1)];
    const formula = [
      `${symbol.a(layer - 1, from + 1)} · ${symbol.delta(layer, unit + 1)}`,
      ...(l2 ? [`l2 · ${name}`] : []),
      ...(l1 ? [`l1 · sign ${name}`] : []),
    ];
    const numbers = [
      `${f(value)} · ${f(own)}`,
      ...(l2 ? [`${n(l2)} · ${f(weight)}`] : []),
      ...(l1 ? [`${n(l1)} · ${f(Math.sign(weight))}`] : []),
    ];
    return line(
      `∂L/∂${name}`,
      formula.join(" + "),
      numbers.join(" + "),
      value * own + l2 * weight + l1 * Math.sign(weight),
      gradients[from]![unit]!,
    );
  });
  const bias = biasGradients[unit];
  if (bias !== undefined && !keepsBias)
    lines.push(line(`∂L/∂${symbol.b(layer, unit + 1)}`, symbol.delta(layer, unit + 1), n(own), own, bias));
  return lines;
}

export function updateLines(pass: Pass, layer: number, unit: number): Line[] {
  const { weights, gradients, after, biases, biasGradients, biasesAfter, keepsBias } = pass.layers[layer - 1]!;
  const step = (name: string, before: number, gradient: number, result: number) =>
    line(
      `${name} ←`,
      `${name} − η · ∂L/∂${name}`,
      `${n(before)} − ${n(pass.rate)} · ${f(gradient)}`,
      before - pass.rate * gradient,
      result,
    );
  const lines = weights.map((row, from) =>
    step(symbol.w(layer, from + 1, unit + 1), row[unit]!, gradients[from]![unit]!, after[from]![unit]!),
  );
  const bias = biases[unit];
  if (bias !== undefined && !keepsBias)
    lines.push(step(symbol.b(layer, unit + 1), bias, biasGradients[unit]!, biasesAfter[unit]!));
  return lines;
}
