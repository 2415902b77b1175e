import type { NetworkEvent } from "../api/types";
import { ago, short } from "../parts/format";
import { t } from "../texts/texts";

const MOST = 20;

/** What the drift watch has warned of, newest first; nothing where there was no warning. */
export function Warnings({ events }: { events: NetworkEvent[] }) {
  const shown = events
    .filter(({ kind }) => kind !== "callback")
    .toReversed()
    .slice(0, MOST);
  if (shown.length === 0) return null;
  return (
    <section class="stack">
      <h2>{t("warnings.title")}</h2>
      <ul class="stack-tight">
        {shown.map((event) => (
          <li key={event.seq}>
            <span title={event.created_at}>{ago(event.created_at)}</span>: {sentenceOf(event)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function sentenceOf({ kind, data }: NetworkEvent): string {
  const { columns = [] } = data as { columns?: { name: string; psi?: number }[] };
  const names = columns.map(({ name, psi }) => (psi === undefined ? name : `${name} (PSI ${short(psi, 3)})`));
  return t(kind === "drift" ? "warnings.drift" : "warnings.ended", { columns: names.join(", ") });
}
