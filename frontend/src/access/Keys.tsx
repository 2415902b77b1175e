import { useState } from "preact/hooks";
import { signIn } from "../api/access";
import { caller, signedIn } from "../api/caller";
import type { Key, NewKey } from "../api/types";
import { t } from "../texts/texts";
import { isAlive } from "./alive";
import { KeyForm } from "./KeyForm";
import { KeyTable } from "./KeyTable";
import { NewSecret } from "./NewSecret";

/** Every key, and a form for another one. */
export function Keys({ keys, onChange }: { keys: Key[]; onChange: () => void }) {
  const [made, setMade] = useState<NewKey | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [areAll, setAll] = useState(false);

  /** A session ends with its key, so it moves to the one that replaces it before anything else is asked. */
  async function show(key: NewKey): Promise<void> {
    setMade(key);
    setOpen(false);
    const own = caller.value?.key;
    if (own && key.replaces === own) signedIn(await signIn({ key: key.key }));
    onChange();
  }

  const shown = keys.filter((key) => areAll || isAlive(key));
  return (
    <section class="stack">
      <div class="row row-between">
        <h2>{t("keys.title")}</h2>
        {!isOpen && (
          <button type="button" onClick={() => setOpen(true)}>
            {t("keys.new")}
          </button>
        )}
      </div>
      {made && <NewSecret made={made} onDone={() => setMade(null)} />}
      {isOpen && <KeyForm onMade={show} onCancel={() => setOpen(false)} />}
      {shown.length === 0 && <p class="quiet">{t("keys.none")}</p>}
      {shown.length > 0 && <KeyTable keys={shown} onRotated={show} onChange={onChange} />}
      {keys.some((key) => !isAlive(key)) && (
        <label class="row small">
          <input type="checkbox" checked={areAll} onChange={(event) => setAll(event.currentTarget.checked)} />
          {t("keys.ended.show")}
        </label>
      )}
    </section>
  );
}
