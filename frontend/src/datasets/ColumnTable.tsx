import {
  COLUMN_TYPES,
  type Column,
  type ColumnRole,
  type ColumnType,
  type ColumnTypes,
  type Dataset,
  type ReadAs,
} from "../api/datasets";
import { percent, short, whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { maybeText, t } from "../texts/texts";
import { wordOf } from "./cells";
import { Histogram } from "./Histogram";
import { readAsWords } from "./readAs";

interface Props {
  dataset: Dataset;
  /** Types that were chosen instead of those it has. */
  chosen: ColumnTypes;
  /** Where they can be chosen. */
  onType?: ((column: string, type: ColumnType) => void) | undefined;
}

/** Each column with its type and what is in it. */
export function ColumnTable({ dataset, chosen, onType }: Props) {
  return (
    <Scroll label={t("datasets.columns.title")}>
      <table class="trainings">
        <thead>
          <tr>
            <th scope="col">{t("datasets.column")}</th>
            <th scope="col">{t("datasets.type")}</th>
            <th scope="col" class="n">
              {t("datasets.missing")}
            </th>
            <th scope="col" class="n">
              {t("datasets.distinct")}
            </th>
            <th scope="col">{t("datasets.values")}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {dataset.columns.map((column) => (
            <tr key={column.name}>
              <th scope="row">
                {column.name}
                {column.role && <RoleTag role={column.role} />}
              </th>
              <td>
                {onType ? (
                  <TypeSelect column={column.name} type={chosen[column.name] ?? column.type} onType={onType} />
                ) : (
                  t(`type.${column.type}`)
                )}
              </td>
              <td class="n" title={whole(column.profile?.missing ?? 0)}>
                {column.profile?.missing ? percent(column.profile.missing / dataset.rows) : "–"}
              </td>
              <td class="n">{column.profile?.distinct === undefined ? "–" : whole(column.profile.distinct)}</td>
              <td class="values">
                {valuesOf(column)}
                {column.read_as && <ReadAsNote readAs={column.read_as} />}
                {column.profile?.warnings?.map((warning) => (
                  <span class="fault">{warning}</span>
                ))}
              </td>
              <td>
                {column.profile?.histogram && (
                  <Histogram
                    counts={column.profile.histogram.counts}
                    label={t("datasets.histogram", { column: column.name })}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** How its texts were read, and some of them with the values that came of it. */
function ReadAsNote({ readAs }: { readAs: ReadAs }) {
  const examples = (readAs.examples ?? []).map(({ text, value }) => `${text} → ${value ?? t("read_as.none")}`);
  return (
    <span class="help read-as">
      {t("read_as", { words: readAsWords(readAs).join("; ") })}
      {examples.length > 0 && ` (${examples.join(", ")})`}
    </span>
  );
}

/** Its reason is the end of a sentence, in the service's words. */
function RoleTag({ role }: { role: ColumnRole }) {
  const word = maybeText(`role.${role.code}`) ?? role.code;
  return (
    <span class="tag" title={role.reason}>
      {role.sure ? word : t("role.maybe", { role: word })}
    </span>
  );
}

function TypeSelect({
  column,
  type,
  onType,
}: {
  column: string;
  type: ColumnType;
  onType: NonNullable<Props["onType"]>;
}) {
  return (
    <select
      aria-label={t("datasets.types.of", { column })}
      value={type}
      onChange={(event) => onType(column, event.currentTarget.value as ColumnType)}
    >
      {COLUMN_TYPES.map((each) => (
        <option value={each}>{t(`type.${each}`)}</option>
      ))}
    </select>
  );
}

const MOST_WORDS = 5;

function valuesOf(column: Column): string {
  const { type, profile } = column;
  if (!profile) return "";
  if (profile.top && profile.top.length > 0) {
    const words = profile.top
      .slice(0, MOST_WORDS)
      .map(({ value, count }) => `${wordOf(column, value)} (${whole(count)})`);
    return words.join(", ") + (profile.top.length > MOST_WORDS ? " …" : "");
  }
  const write = (value: unknown) => (typeof value === "number" ? short(value) : wordOf(column, value));
  const mean =
    type === "number" && typeof profile.mean === "number"
      ? `, ${t("datasets.mean", { mean: short(profile.mean) })}`
      : "";
  return `${write(profile.min)} … ${write(profile.max)}${mean}`;
}
