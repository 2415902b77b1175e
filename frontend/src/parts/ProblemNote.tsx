import { type Fault, type Problem, stepsOf } from "../api/problem";
import { maybeText, t } from "../texts/texts";

/** Where it is, as the page calls that; null leaves it to what all pages call it. */
export type PlaceOf = (steps: string[]) => string | null;

interface Props {
  problem: Problem;
  retry?: () => void;
  placeOf?: PlaceOf;
  /** What to do about it, where a page knows better. */
  next?: string;
}

function nextStep(problem: Problem): string {
  if (problem.isUnreachable) return t("problem.unreachable.next");
  if (problem.status === 403) return t("problem.forbidden.next");
  if (problem.status === 404) return t("problem.not_found.next");
  if (problem.code === "already_exists") return t("problem.already_exists.next");
  if (problem.status === 409) return t("problem.conflict.next");
  if (problem.status === 501) return t("problem.not_installed.next");
  if (problem.status === 413) return t("problem.too_large.next");
  if (problem.retryAfterSeconds) return t("problem.busy.next", { seconds: problem.retryAfterSeconds });
  if (problem.status >= 400 && problem.status < 500) return t("problem.invalid.next");
  return t("problem.other.next");
}

/** What went wrong, each fault once and with its place, and what to do next. */
export function ProblemNote({ problem, retry, placeOf, next = nextStep(problem) }: Props) {
  const sentences = problem.faults.map((fault) => sentenceOf(fault, placeOf));
  const title = titleOf(problem);
  return (
    <div class="note note-bad" role="alert">
      <p class="note-title">{title ?? sentences[0]}</p>
      {title !== null && sentences.length > 0 && (
        <ul class="faults">
          {sentences.map((sentence) => (
            <li>{sentence}</li>
          ))}
        </ul>
      )}
      <p class="note-next">
        {next} {problem.status === 404 && <a href="#/">{t("nav.missing.home")}</a>}
        {retry && problem.status !== 404 && (
          <button type="button" class="button-plain" onClick={retry}>
            {t("problem.retry")}
          </button>
        )}
      </p>
    </div>
  );
}

/** Null where the only fault says it all. */
function titleOf({ isUnreachable, detail, title, faults }: Problem): string | null {
  if (isUnreachable) return t("problem.unreachable");
  const [first] = faults;
  if (faults.length === 1 && first && detail.endsWith(ended(first.detail))) return null;
  if (faults.length > 1 && /^\d+ things are wrong\./.test(detail)) return t("problem.many", { count: faults.length });
  return detail || title;
}

function sentenceOf({ pointer, parameter, detail }: Fault, placeOf: PlaceOf | undefined): string {
  const steps = pointer === undefined ? [parameter ?? ""].filter(Boolean) : stepsOf(pointer);
  const place = placeOf?.(steps) ?? steps.map(called).join(" › ");
  return ended(place ? `${place}: ${detail}` : detail.replace(/^./, (letter) => letter.toUpperCase()));
}

/** Counted from 1, as people do. */
const called = (step: string): string =>
  /^\d+$/.test(step) ? String(Number(step) + 1) : (maybeText(`label.${step}`) ?? step);

const ended = (text: string): string => `${text.replace(/\.$/, "")}.`;
