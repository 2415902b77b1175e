import { useState } from "preact/hooks";
import { t } from "../texts/texts";
import type { Line } from "./formula";
import { n } from "./formula";

const MOST_LINES = 16;

/** Formulas, each with its numbers put in and its result: as in a textbook, one below the other. */
export function Formulas({ lines, title }: { lines: readonly Line[]; title: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? lines : lines.slice(0, MOST_LINES);
  return (
    <div class="formulas">
      <h2>{title}</h2>
      <dl>
        {shown.map(({ symbol, formula, numbers, result }) => (
          <div class="formula">
            <dt>{symbol}</dt>
            <dd>
              {formula && <span class="formula-line">{symbol.endsWith("←") ? formula : `= ${formula}`}</span>}
              {numbers !== null && numbers !== formula && <span class="formula-line formula-numbers">= {numbers}</span>}
              <output class="formula-result" title={String(result)}>
                = {n(result)}
              </output>
            </dd>
          </div>
        ))}
      </dl>
      {shown.length < lines.length && (
        <button type="button" class="button-plain small" onClick={() => setIsWhole(true)}>
          {t("step.more_lines", { n: lines.length - shown.length })}
        </button>
      )}
    </div>
  );
}
