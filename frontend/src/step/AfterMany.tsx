import { t } from "../texts/texts";
import { BookTable } from "./BookTable";
import type { Compared } from "./compare";
import type { Expected } from "./examples";
import type { Pass } from "./pass";
import * as symbol from "./symbols";

interface Props {
  expected: Expected["after_10000_steps"];
  pass: Pass;
}

/** Where the tutorial's own 10,000 steps lead, beside where they have led here. */
export function AfterMany({ expected, pass }: Props) {
  if (!expected) return null;
  const compared: Compared[] = [
    { symbol: "L", expected: expected.loss, ours: pass.loss },
    ...expected.outputs.map((value, unit) => ({
      symbol: symbol.a(pass.layers.length, unit + 1),
      expected: value,
      ours: pass.outputs[unit]!,
    })),
  ];
  return (
    <section class="stack after-many">
      <h2>{t("step.after_many")}</h2>
      <BookTable label={t("step.after_many")} compared={compared} digits={10} />
    </section>
  );
}
