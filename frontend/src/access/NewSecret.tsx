import { useEffect, useRef } from "preact/hooks";
import type { NewKey } from "../api/types";
import { Code } from "../parts/Code";
import { CopyButton } from "../parts/CopyButton";
import { t } from "../texts/texts";

/** A new key itself, which the service cannot show again. */
export function NewSecret({ made, onDone }: { made: NewKey; onDone: () => void }) {
  const note = useRef<HTMLElement>(null);
  useEffect(() => note.current?.focus(), [made.id]);
  return (
    <section ref={note} class="note secret" tabIndex={-1} aria-label={t("keys.made", { name: made.name })}>
      <p class="note-title">{t("keys.made", { name: made.name })}</p>
      <p>{t("keys.once")}</p>
      <Code label={t("signin.key")}>{made.key}</Code>
      <div class="row">
        <CopyButton text={() => made.key} label={t("keys.copy")} />
        <button type="button" class="small" onClick={onDone}>
          {t("keys.kept")}
        </button>
      </div>
    </section>
  );
}
