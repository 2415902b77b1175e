import { useState } from "preact/hooks";
import { t } from "../texts/texts";

const SHOWN_MS = 1500;

export function CopyButton({ text, label }: { text: () => string; label?: string }) {
  const [isDone, setDone] = useState(false);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text());
    setDone(true);
    setTimeout(() => setDone(false), SHOWN_MS);
  }
  // Beyond 127.0.0.1 and without TLS a browser gives no clipboard.
  if (!("clipboard" in navigator)) return null;
  return (
    <button type="button" class="button-plain small" onClick={() => void copy()}>
      <span aria-live="polite">{isDone ? t("copied") : (label ?? t("copy"))}</span>
    </button>
  );
}
