import { useState } from "preact/hooks";
import { createKey } from "../api/access";
import { caller } from "../api/caller";
import { Problem } from "../api/problem";
import type { NewKey, Scope } from "../api/types";
import { Field } from "../forms/Field";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";
import { LimitFields } from "./LimitFields";
import { limitsOf, NO_LIMITS } from "./limits";
import { namesOf } from "./who";

const SCOPES: Scope[] = ["read", "predict", "train", "manage", "admin"];
const DAY = 24 * 3600;
const LIFETIMES = [null, 7, 30, 90, 365] as const;

interface Props {
  onMade: (made: NewKey) => Promise<void>;
  onCancel: () => void;
}

/** A new key: what it is called, what it may do, on what, for how long, and how much. */
export function KeyForm({ onMade, onCancel }: Props) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set(["read"] as const));
  const [names, setNames] = useState("");
  const [days, setDays] = useState<number | null>(null);
  const [limits, setLimits] = useState(NO_LIMITS);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function make(): Promise<void> {
    setBusy(true);
    setProblem(null);
    const patterns = names.split(/[\s,]+/).filter(Boolean);
    const own = limitsOf(limits);
    try {
      const body = {
        name: name.trim(),
        scopes: SCOPES.filter((scope) => scopes.has(scope)),
        networks: patterns.length > 0 ? patterns : null,
        ...(days !== null && { expires_in_seconds: days * DAY }),
        ...(own && { limits: own }),
      };
      await onMade(await createKey(body));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }

  function toggle(scope: Scope): void {
    const next = new Set(scopes);
    if (!next.delete(scope)) next.add(scope);
    setScopes(next);
  }

  return (
    <form
      class="card stack"
      aria-label={t("keys.new")}
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <div class="fields">
        <Field label={t("keys.name")} help={t("keys.name.help")} faults={problem?.at("#/name")}>
          {(described) => (
            <input
              {...described}
              type="text"
              required
              maxLength={100}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={t("keys.names")} help={t("keys.names.help")} faults={problem?.at("#/networks")}>
          {(described) => (
            <input
              {...described}
              type="text"
              value={names}
              placeholder={namesOf(caller.value?.networks ?? null)}
              onInput={(event) => setNames(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={t("keys.expires")} faults={problem?.at("#/expires_in_seconds")}>
          {(described) => (
            <select
              {...described}
              value={days ?? ""}
              onChange={(event) => setDays(Number(event.currentTarget.value) || null)}
            >
              {LIFETIMES.map((each) => (
                <option value={each ?? ""}>{each === null ? t("keys.never") : t("keys.days", { days: each })}</option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <fieldset class="scopes">
        <legend>{t("access.scopes")}</legend>
        {SCOPES.map((scope) => (
          <Field isCheck label={scope} help={t(`scope.${scope}`)}>
            {(described) => (
              <input {...described} type="checkbox" checked={scopes.has(scope)} onChange={() => toggle(scope)} />
            )}
          </Field>
        ))}
      </fieldset>
      <LimitFields limits={limits} onLimits={setLimits} problem={problem} />
      {problem && problem.faults.length === 0 && <ProblemNote problem={problem} />}
      <div class="row">
        <button type="submit" class="button-main" disabled={isBusy || scopes.size === 0}>
          {t("keys.make")}
        </button>
        <button type="button" class="button-plain" onClick={onCancel}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}
