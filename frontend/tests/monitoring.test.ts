import { describe, expect, it } from "vitest";
import type { AnswerLog } from "../src/api/types";
import { logOf, settingsOf } from "../src/monitoring/settings";

const log: AnswerLog = {
  share: 0.07,
  max_rows: 5000,
  psi: 0.3,
  ks: null,
  min_rows: 50,
  watch: { every: 300, rows: 400, window: 86_400, callback: "https://example.org/drift" },
};

describe("settings of the log of answers", () => {
  it("are percent and minutes where people type them", () => {
    expect(settingsOf(log)).toMatchObject({ share: 7, every: 5, watchedRows: 400, isWatched: true, ks: null });
  });

  it("go back as they came", () => {
    expect(logOf(settingsOf(log))).toEqual(log);
  });

  it("have a window in hours, and a callback with a secret where both are typed", () => {
    expect(settingsOf(log)).toMatchObject({ window: 24, callback: "https://example.org/drift", secret: "" });
    const changed = { ...settingsOf(log), window: 1.5, callback: " ", secret: "x" };
    expect(logOf(changed).watch).toEqual({ every: 300, rows: 400, window: 5400, callback: null, callback_secret: "x" });
  });

  it("begin with the service's own, unwatched", () => {
    const usual = settingsOf(null);
    expect(usual).toMatchObject({ share: 100, maxRows: 100_000, psi: 0.2, minRows: 200, isWatched: false });
    expect(logOf({ ...usual, share: null, maxRows: null })).toEqual({
      share: 1,
      max_rows: 100_000,
      psi: 0.2,
      ks: null,
      min_rows: 200,
      watch: null,
    });
  });
});
