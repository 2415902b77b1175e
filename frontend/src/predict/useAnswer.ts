/** The network's answer to what is being typed: asked a moment after each change, older questions dropped. */
import { predict } from "../api/answers";
import { useSettled } from "../parts/useSettled";

const PAUSE_MS = 60;

export const useAnswer = (body: Record<string, unknown>) =>
  useSettled([JSON.stringify(body)], (signal) => predict(body, signal), PAUSE_MS);
