import { useMemo, useRef, useState } from "preact/hooks";
import { fillsOf } from "../inside/fills";
import { placed, specsOf } from "../inside/model";
import { NetworkDrawing } from "../inside/NetworkDrawing";
import { stagesOf } from "../inside/stages";
import { ProblemNote } from "../parts/ProblemNote";
import { route, setQuery } from "../shell/router";
import { t } from "../texts/texts";
import { AfterMany } from "./AfterMany";
import { BesideTheBook } from "./BesideTheBook";
import { Change } from "./Change";
import type { Example } from "./examples";
import { canTakeMany, takeMany } from "./many";
import { pictureOf } from "./picture";
import { Stepper } from "./Stepper";
import { StepsTaken } from "./StepsTaken";
import { StepText, unitsShown } from "./StepText";
import { type Setting, type Source, start } from "./source";
import { stepsOf } from "./steps";
import { useStep } from "./useStep";

/** As many as the tutorial takes. */
const MANY = 10_000;

/** One training step, slowly. Give it `key={source.key}`: another source starts from its first step. */
export function StepThrough({ source, example }: { source: Source; example?: Example }) {
  const [row, setRow] = useState(0);
  const [setting, setSetting] = useState<Setting>(() => start(source, 0));
  const [isChanged, setIsChanged] = useState(false);
  const [unit, setUnit] = useState(0);
  /** The loss before each step that was taken, one after the other. */
  const [taken, setTaken] = useState<readonly number[]>([]);
  const [count, setCount] = useState(0);
  const takenFrom = useRef<Setting["layers"] | null>(null);
  const { pass, after, problem } = useStep(source, setting);
  const steps = useMemo(() => stepsOf(pass?.layers.length ?? 0), [pass?.layers.length]);
  const wanted = Number(route.value.query.at);
  const at = Number.isInteger(wanted) ? Math.min(steps.length - 1, Math.max(0, wanted)) : 0;
  const step = steps[at]!;
  const stages = useMemo(() => {
    const weights = step.kind === "update" && after ? after : setting.layers;
    return stagesOf(source.network.inputs, placed(specsOf({ layers: setting.network.layers } as never), weights));
  }, [source.key, setting.network, setting.layers, after, step.kind]);

  const go = (to: number) => setQuery({ at: to === 0 ? null : to });
  const begin = (next: number) => {
    setRow(next);
    setSetting(start(source, next));
    setIsChanged(false);
    setTaken([]);
    setCount(0);
  };
  const change = (next: Setting) => {
    setSetting(next);
    setIsChanged(true);
    setTaken([]);
    setCount(0);
  };
  const take = (layers: Setting["layers"], loss: number) => {
    if (takenFrom.current === layers) return; // The answer to the last click is not there yet.
    takenFrom.current = layers;
    setSetting({ ...setting, layers });
    setIsChanged(true);
    setTaken([...taken, loss]);
    setCount(count + 1);
  };
  const takeAll = () => {
    const { layers, losses } = takeMany(setting, MANY);
    setSetting({ ...setting, layers });
    setIsChanged(true);
    setTaken([...taken, ...losses]);
    setCount(count + MANY);
  };
  if (!pass) return problem ? <ProblemNote problem={problem} /> : <p class="quiet">{t("loading")}</p>;

  const isAsInBook =
    setting.network === source.network &&
    setting.rate === source.rate &&
    JSON.stringify([setting.inputs, setting.targets]) ===
      JSON.stringify([source.rows[row]?.inputs, source.rows[row]?.targets]);
  const picture = pictureOf(pass, step);
  const layer = step.kind === "forward" || step.kind === "backward" ? step.layer : null;
  const isPartial =
    layer !== null &&
    unitsShown(pass.layers[layer - 1]!.z.length, unit).length === 1 &&
    pass.layers[layer - 1]!.z.length > 1;
  return (
    <div class="stack-wide">
      <Stepper steps={steps} at={at} onGo={go} />
      <div class="split step-split">
        <div class="stack">
          <NetworkDrawing
            stages={stages}
            values={picture.values}
            fills={fillsOf(stages, picture.values, [], picture.deltas)}
            names={source.inputNames}
            outputNames={source.outputNames}
            lit={picture.lit}
            litEdges={picture.litEdges}
            chosen={isPartial ? { stage: layer, unit } : null}
            onChoose={isPartial ? (chosen) => setUnit(chosen.unit) : undefined}
            label={t("step.drawing")}
          />
          {isPartial && <p class="small quiet">{t("step.one_unit", { units: pass.layers[layer - 1]!.z.length })}</p>}
          {problem && <ProblemNote problem={problem} />}
          <StepText pass={pass} step={step} unit={unit} />
        </div>
        <div class="aside stack-wide">
          <Change
            source={source}
            setting={setting}
            row={row}
            isChanged={isChanged}
            onRow={begin}
            onChange={change}
            onReset={() => begin(row)}
            onTake={after ? () => take(after, pass.loss) : null}
            onTakeMany={canTakeMany(setting) ? takeAll : null}
          />
          {taken.length > 0 && <StepsTaken count={count} losses={[...taken, pass.loss]} />}
          {count === MANY && isAsInBook && <AfterMany expected={example?.expect.after_10000_steps} pass={pass} />}
          {example && <BesideTheBook example={example} pass={pass} step={step} row={row} isChanged={isChanged} />}
        </div>
      </div>
    </div>
  );
}
