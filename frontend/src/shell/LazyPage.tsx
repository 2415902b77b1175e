import { reached } from "../api/request";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { t } from "../texts/texts";
import type { PageEntry } from "./pages";
import type { PageProps } from "./router";

const PAUSE_MS = 150;

/** A page, once its code is there. */
export function LazyPage({ entry, ...props }: PageProps & { entry: PageEntry }) {
  const { value, problem, again } = useLoaded(entry.pattern, async () => ({ Page: await reached(entry.load()) }));
  if (value) return <value.Page {...props} />;
  if (problem) return <ProblemNote problem={problem} retry={again} />;
  return (
    <p class="quiet late" style={{ animationDelay: `${PAUSE_MS}ms` }}>
      {t("loading")}
    </p>
  );
}
