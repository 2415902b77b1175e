/** The courses of some jobs: thinned out by the service up to now, then live, picked up again after every interruption. */
import { useEffect, useState } from "preact/hooks";
import { revivals } from "../api/connection";
import { follow, type Message, type StreamState } from "../api/follow";
import { compareHistories, getJob, isOver } from "../api/jobs";
import { Problem } from "../api/problem";
import { courseOf, type Course } from "./course";
import { appended, rowOf } from "./rows";

export interface Courses {
  courses: readonly Course[];
  problem: Problem | null;
  stream: StreamState | null;
  again: () => void;
}

const POINTS = 1200;

export function useCourses(jobs: readonly string[]): Courses {
  const key = jobs.join(",");
  const [shown, setShown] = useState<{ key: string; courses: readonly Course[] }>({ key: "", courses: [] });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [stream, setStream] = useState<StreamState | null>(null);
  const [asked, setAsked] = useState(0);
  const again = () => setAsked((n) => n + 1);

  // A stream that is followed comes back by itself; only what never began is asked for again when the service is back.
  const revived = revivals.value;
  useEffect(() => {
    if (problem?.isUnreachable) again();
  }, [revived]);

  useEffect(() => {
    const stopped = new AbortController();
    let stop = () => {};
    load(jobs, stopped.signal).then(
      (loaded) => {
        if (stopped.signal.aborted) return;
        setProblem(null);
        stop = live(loaded, {
          onCourses: (courses) => setShown({ key, courses }),
          onState: setStream,
          onProblem: setProblem,
        });
      },
      (error: unknown) => {
        if (stopped.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
      },
    );
    return () => {
      stopped.abort();
      stop();
    };
  }, [key, asked]);

  return { courses: shown.key === key ? shown.courses : [], problem, stream, again };
}

async function load(jobs: readonly string[], signal: AbortSignal): Promise<Course[]> {
  const [records, compared] = await Promise.all([
    Promise.all(jobs.map((job) => getJob(job, signal))),
    compareHistories([...jobs], { max_points: POINTS }, signal),
  ]);
  return records.flatMap((job, index) => (compared.data[index] ? [courseOf(job, compared.data[index])] : []));
}

interface Audience {
  onCourses(courses: readonly Course[]): void;
  onState(state: StreamState): void;
  onProblem(problem: Problem): void;
}

/** Show what is known, then what comes: at most once a frame, however much it is. */
function live(loaded: readonly Course[], audience: Audience): () => void {
  let courses = loaded;
  let frame = 0;
  const show = () => {
    frame = 0;
    audience.onCourses(courses);
  };
  const soon = () => {
    frame ||= requestAnimationFrame(show);
  };
  const onMessage = (message: Message) => {
    if (message.kind === "end") {
      void refresh(courses).then((fresh) => {
        courses = fresh;
        soon();
      });
      return;
    }
    courses = courses.map((course) => (course.job.id === message.job ? told(course, message) : course));
    soon();
  };
  show();
  if (courses.every(({ job }) => isOver(job.status))) {
    audience.onState("ended");
    return () => undefined;
  }
  const stop = follow(
    courses.map(({ job }) => job.id),
    { onMessage, onState: audience.onState, onProblem: audience.onProblem },
    courses.map(({ rows }) => `0.${rows.at(-1)?.epoch ?? 0}`).join(","),
  );
  return () => {
    cancelAnimationFrame(frame);
    stop();
  };
}

function told(course: Course, message: Exclude<Message, { kind: "end" }>): Course {
  const rows = message.kind === "epochs" ? appended(course.rows, message.epochs.map(rowOf)) : course.rows;
  return { ...course, rows, progress: message.progress };
}

/** What only the job's record says when it is over: why it failed, and whether it stopped early. */
async function refresh(courses: readonly Course[]): Promise<readonly Course[]> {
  return Promise.all(
    courses.map(async (course) => {
      try {
        const job = await getJob(course.job.id);
        return { ...course, job, progress: { ...course.progress, status: job.status, best_epoch: job.best_epoch, best_value: job.best_value ?? null } };
      } catch {
        return course;
      }
    }),
  );
}
