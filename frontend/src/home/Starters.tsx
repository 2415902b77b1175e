import { useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { ProblemNote } from "../parts/ProblemNote";
import { go, to } from "../shell/router";
import { begin } from "../starters/begin";
import { STARTERS, type Starter } from "../starters/starters";
import { StarterCard } from "./StarterCard";
import { StepCard } from "./StepCard";

/** Examples, each one click away from a network that trains. */
export function Starters() {
  const [begun, setBegun] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function start(starter: Starter): Promise<void> {
    setBegun(starter.id);
    setProblem(null);
    try {
      go(to("/jobs", await begin(starter)));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBegun(null);
    }
  }

  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <div class="cards starters">
        {STARTERS.map((starter) => (
          <StarterCard
            starter={starter}
            isBeginning={begun === starter.id}
            isBusy={begun !== null}
            begin={() => void start(starter)}
          />
        ))}
        <StepCard />
      </div>
    </>
  );
}
