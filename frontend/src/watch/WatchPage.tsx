import { useMemo, useState } from "preact/hooks";
import { MOST_COMPARED } from "../api/jobs";
import { ProblemNote } from "../parts/ProblemNote";
import "../styles/watch.css";
import type { PageProps } from "../shell/router";
import { t } from "../texts/texts";
import { Compared } from "./Compared";
import { Controls } from "./Controls";
import { drawable, type Course } from "./course";
import { Downloads } from "./Downloads";
import { HealthTable } from "./HealthTable";
import { JobHead } from "./JobHead";
import { MainChart } from "./MainChart";
import { merged } from "./rows";
import { SmallChart } from "./SmallChart";
import { StreamNote } from "./StreamNote";
import { useCourses } from "./useCourses";
import { useDetail } from "./useDetail";
import { viewOf } from "./view";

/** One job as it learns, or several beside each other. */
export function WatchPage({ params, query }: PageProps) {
  const ids = useMemo(() => [...new Set((params.jobs ?? "").split(",").filter(Boolean))].slice(0, MOST_COMPARED), [params.jobs]);
  const { courses, problem, stream, again } = useCourses(ids);
  const view = viewOf(query);
  const detail = useDetail(ids, view.zoom);
  const [hovered, setHovered] = useState<number | null>(null);
  const rows = useMemo(() => Object.fromEntries(courses.map((course) => [course.job.id, merged(course.rows, detail[course.job.id] ?? [])])), [courses, detail]);

  if (courses.length === 0) {
    return problem ? <ProblemNote problem={problem} retry={again} /> : <p class="quiet">{t("loading")}</p>;
  }
  const chart = { courses, rows, view, hovered, onHover: setHovered };
  const last = Math.max(1, ...courses.map(({ progress }) => progress.epoch));
  const [first] = courses;
  return (
    <div class="stack-wide">
      <section class="stack">
        <div class="row row-between">
          <h1>{question(courses, view.value)}</h1>
          <StreamNote stream={stream} />
        </div>
        {courses.length === 1 && first && <JobHead course={first} />}
        {problem && <ProblemNote problem={problem} retry={again} />}
        <Controls view={view} values={drawable(courses)} last={last} />
        <MainChart {...chart} />
        <Downloads courses={courses} view={view} />
      </section>
      <Compared courses={courses} view={view} />
      <div class="pair">
        <SmallChart {...chart} title={t("watch.learning_rate")} name="learning_rate" isLog={false} />
        <SmallChart {...chart} title={t("watch.gradient_norm")} name="gradient_norm" isLog />
      </div>
      {courses.length === 1 && first && <HealthTable key={first.job.id} course={first} />}
    </div>
  );
}

function question(courses: readonly Course[], value: string): string {
  if (courses.length > 1) return t("watch.question.many", { value });
  return value === "loss" ? t("watch.question") : t("watch.question.metric", { value });
}
