import { useState } from "preact/hooks";
import { may } from "../api/caller";
import { deleteAnswers, setAnswerLog } from "../api/monitoring";
import type { Monitoring } from "../api/types";
import { ConfirmButton } from "../parts/ConfirmButton";
import { DeleteButton } from "../parts/DeleteButton";
import { bytes, percent, whole } from "../parts/format";
import { t } from "../texts/texts";
import { LogForm } from "./LogForm";

interface Props {
  network: string;
  monitoring: Monitoring;
  onChange: () => void;
}

/** Whether answers are kept, how many there are, and the ways to change that. */
export function AnswerLog({ network, monitoring: { answer_log, stored }, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const log = answer_log ?? null;
  return (
    <section class="stack">
      <h2>{t("log.title")}</h2>
      <p>{log ? t("log.on", { share: percent(log.share, 0), rows: whole(log.max_rows) }) : t("log.off")}</p>
      {stored.rows > 0 && (
        <p class="quiet num">
          {t("log.stored", { rows: whole(stored.rows), judged: whole(stored.judged), size: bytes(stored.bytes) })}
        </p>
      )}
      {may("manage") && !isOpen && (
        <div class="row">
          <button type="button" class={log ? undefined : "button-main"} onClick={() => setOpen(true)}>
            {t(log ? "log.change" : "log.start")}
          </button>
          {log && (
            <ConfirmButton
              text={t("log.stop")}
              sure={t("log.stop.sure")}
              act={() => setAnswerLog(network, null).then(onChange)}
            />
          )}
          {stored.rows > 0 && (
            <DeleteButton
              text={t("log.delete")}
              sure={t("log.delete.sure", { rows: whole(stored.rows) })}
              remove={() => deleteAnswers(network).then(onChange)}
            />
          )}
        </div>
      )}
      {isOpen && (
        <LogForm
          network={network}
          log={log}
          onDone={() => {
            setOpen(false);
            onChange();
          }}
          onCancel={() => setOpen(false)}
        />
      )}
    </section>
  );
}
