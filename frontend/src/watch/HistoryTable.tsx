import { useState } from "preact/hooks";
import { short, whole } from "../parts/format";
import { t } from "../texts/texts";
import type { Course } from "./course";
import { thinned, type Row } from "./rows";

const MOST_LINES = 200;

/** The numbers behind the chart, for who would rather read them. Made only when it is opened. */
export function HistoryTable({ courses, rowsOf, names }: { courses: readonly Course[]; rowsOf: (course: Course) => readonly Row[]; names: readonly string[] }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details class="behind" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{t("table.show")}</summary>
      {isOpen && (
        <div class="scroll tall" tabIndex={0} role="region" aria-label={t("table.show")}>
          <table>
            <thead>
              <tr>
                {courses.length > 1 && <th scope="col">{t("watch.job")}</th>}
                <th scope="col" class="n">
                  {t("watch.epoch")}
                </th>
                {names.map((name) => (
                  <th scope="col" class="n">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {courses.map((course) =>
                thinned(rowsOf(course), MOST_LINES / courses.length).map((row) => (
                  <tr key={`${course.job.id}:${row.epoch}`}>
                    {courses.length > 1 && <td>{course.job.id.slice(-6)}</td>}
                    <td class="n">{whole(row.epoch)}</td>
                    {names.map((name) => (
                      <td class="n" title={String(row.values[name] ?? "")}>
                        {short(row.values[name], 5)}
                      </td>
                    ))}
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
