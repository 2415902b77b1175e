import { allSessions, endSession } from "../api/access";
import { caller } from "../api/caller";
import type { BrowserSession, Key } from "../api/types";
import { DeleteButton } from "../parts/DeleteButton";
import { ago, ahead } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { Scroll } from "../parts/Scroll";
import { useLoaded } from "../parts/useLoaded";
import { t } from "../texts/texts";

/** Browsers that are signed in. */
export function Sessions({ keys }: { keys: Key[] }) {
  const names = new Map(keys.map(({ id, name }) => [id, name]));
  const own = caller.value?.session;
  const { value, problem, again } = useLoaded(`sessions ${own}`, allSessions);
  return (
    <section class="stack">
      <h2>{t("sessions.title")}</h2>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {value && (
        <Scroll label={t("sessions.title")}>
          <table class="trainings">
            <thead>
              <tr>
                <th scope="col">{t("sessions.key")}</th>
                <th scope="col">{t("access.created")}</th>
                <th scope="col">{t("access.used")}</th>
                <th scope="col">{t("keys.expires")}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {value.filter(isAlive).map((session) => (
                <tr key={session.id}>
                  <th scope="row">
                    {session.key_id === null ? t("access.by_link") : names.get(session.key_id)}
                    {session.id === own && <span class="tag">{t("sessions.own")}</span>}
                  </th>
                  <td>{ago(session.created_at)}</td>
                  <td>{ago(session.last_used_at)}</td>
                  <td>{ahead(session.expires_at)}</td>
                  <td>
                    {session.id !== own && (
                      <DeleteButton
                        text={t("access.sign_out")}
                        sure={t("sessions.end.sure")}
                        remove={() => endSession(session.id).then(again)}
                      />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

const isAlive = ({ expires_at }: BrowserSession): boolean => Date.parse(expires_at) > Date.now();
