import { useEffect, useRef, useState } from "preact/hooks";
import { signIn } from "../api/access";
import { caller, signedIn } from "../api/caller";
import { Problem } from "../api/problem";
import { Field } from "../forms/Field";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";
import { linkProblem } from "./link";

/** Signs in with a key. With the same key as before the page goes on; with another one it loads again. */
export function SignIn() {
  const input = useRef<HTMLInputElement>(null);
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => input.current?.focus(), []);

  async function enter(): Promise<void> {
    setBusy(true);
    setProblem(null);
    linkProblem.value = null;
    try {
      const before = caller.value;
      const found = await signIn({ key: key.trim() });
      if (before && before.key !== found.key) location.reload();
      else signedIn(found);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
      input.current?.focus();
    }
  }

  const wrong = problem?.status === 401 ? [t("signin.wrong")] : [];
  return (
    <form
      class="signin stack"
      onSubmit={(event) => {
        event.preventDefault();
        void enter();
      }}
    >
      <h1>{t("signin.title")}</h1>
      {linkProblem.value && <p class="note note-warn">{t("signin.link.used")}</p>}
      <Field label={t("signin.key")} help={t("signin.help")} faults={wrong}>
        {(described) => (
          <input
            {...described}
            ref={input}
            type="password"
            autocomplete="current-password"
            spellcheck={false}
            placeholder="ff_…"
            required
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        )}
      </Field>
      {problem && problem.status !== 401 && <ProblemNote problem={problem} />}
      <div>
        <button type="submit" class="button-main" disabled={isBusy}>
          {t(isBusy ? "signin.busy" : "signin.go")}
        </button>
      </div>
    </form>
  );
}
