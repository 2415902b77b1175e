/** Losses of one row, and what they make of the outputs' δ, as a textbook writes them. */
import { activationName } from "../inside/activations";
import { derived } from "./activation";
import { f, type Line, line, n, sum } from "./formula";
import type { Pass } from "./pass";
import * as symbol from "./symbols";

export function lossLine(pass: Pass): Line {
  const { outputs: a, targets: y, loss } = pass;
  const count = a.length;
  const each = (text: (a: number, y: number) => string) => sum(a.map((value, index) => text(value, y[index]!)));
  const total = (term: (a: number, y: number) => number) =>
    a.reduce((whole, value, index) => whole + term(value, y[index]!), 0);
  switch (pass.lossName) {
    case "half_squared_error":
      return line(
        "L",
        "½ Σ (a − y)²",
        `½ · (${each((a, y) => `(${n(a)} − ${f(y)})²`)})`,
        total((a, y) => (a - y) ** 2) / 2,
        loss,
      );
    case "mean_squared_error":
      return line(
        "L",
        "1/n Σ (a − y)²",
        `1/${count} · (${each((a, y) => `(${n(a)} − ${f(y)})²`)})`,
        total((a, y) => (a - y) ** 2) / count,
        loss,
      );
    case "mean_absolute_error":
      return line(
        "L",
        "1/n Σ |a − y|",
        `1/${count} · (${each((a, y) => `|${n(a)} − ${f(y)}|`)})`,
        total((a, y) => Math.abs(a - y)) / count,
        loss,
      );
    case "cross_entropy":
      return line(
        "L",
        "−Σ y ln a",
        `−(${each((a, y) => `${n(y)} · ln ${n(a)}`)})`,
        -total((a, y) => (y === 0 ? 0 : y * Math.log(a))),
        loss,
      );
    case "binary_cross_entropy": {
      const text = each((a, y) => `${n(y)} · ln ${n(a)} + ${n(1 - y)} · ln(1 − ${n(a)})`);
      const own = -total((a, y) => (y === 0 ? 0 : y * Math.log(a)) + (y === 1 ? 0 : (1 - y) * Math.log(1 - a))) / count;
      return line("L", "−1/n Σ (y ln a + (1 − y) ln(1 − a))", `−1/${count} · (${text})`, own, loss);
    }
    default:
      return { symbol: "L", formula: pass.lossName, numbers: null, result: loss };
  }
}

/** δ of an output unit: the derivative of the loss by its z. */
export function outputDelta(pass: Pass, layer: number, unit: number): Line {
  const { activation, z, a, delta } = pass.layers[layer - 1]!;
  const [own, y, result] = [a[unit]!, pass.targets[unit]!, delta[unit]!];
  const [name, aName, yName] = [symbol.delta(layer, unit + 1), symbol.a(layer, unit + 1), symbol.y(unit + 1)];
  const count = pass.outputs.length;
  const slope = derived(activation, z[unit]!, own, symbol.z(layer, unit + 1), aName);
  const kind = `${pass.lossName}/${activationName(activation)}`;
  if (kind === "cross_entropy/softmax")
    return line(name, `${aName} − ${yName}`, `${n(own)} − ${f(y)}`, own - y, result);
  if (kind === "binary_cross_entropy/sigmoid") {
    return line(name, `1/n · (${aName} − ${yName})`, `1/${count} · (${n(own)} − ${f(y)})`, (own - y) / count, result);
  }
  if (slope && pass.lossName === "half_squared_error") {
    return line(
      name,
      `(${aName} − ${yName}) · ${slope.formula}`,
      `(${n(own)} − ${f(y)}) · ${slope.numbers}`,
      (own - y) * slope.value,
      result,
    );
  }
  if (slope && pass.lossName === "mean_squared_error") {
    return line(
      name,
      `2/n · (${aName} − ${yName}) · ${slope.formula}`,
      `2/${count} · (${n(own)} − ${f(y)}) · ${slope.numbers}`,
      (2 / count) * (own - y) * slope.value,
      result,
    );
  }
  return { symbol: name, formula: "∂L/∂z", numbers: null, result };
}
