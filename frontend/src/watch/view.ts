/** What of the jobs is shown, and how: all of it stands in the address, so that a link shows the same to others. */
import { setQuery } from "../shell/router";

export interface Range {
  from: number;
  to: number;
}

export interface View {
  /** `loss` or a metric. */
  value: string;
  isLog: boolean;
  /** From 0 to below 1. */
  smooth: number;
  zoom: Range | null;
  /** Jobs that are listed but not drawn. */
  hidden: ReadonlySet<string>;
}

export function viewOf(query: Record<string, string>): View {
  const smooth = Number(query.smooth);
  const [from, to] = (query.epochs ?? "").split("-").map(Number);
  const isRange =
    from !== undefined && to !== undefined && Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to > from;
  return {
    value: query.value ?? "loss",
    isLog: query.scale === "log",
    smooth: Number.isFinite(smooth) ? Math.min(0.99, Math.max(0, smooth)) : 0,
    zoom: isRange ? { from, to } : null,
    hidden: new Set((query.hidden ?? "").split(",").filter(Boolean)),
  };
}

export function show(changes: Partial<View>): void {
  setQuery({
    ...("value" in changes && { value: changes.value === "loss" ? null : (changes.value ?? null) }),
    ...("isLog" in changes && { scale: changes.isLog ? "log" : null }),
    ...("smooth" in changes && { smooth: changes.smooth ? changes.smooth : null }),
    ...("zoom" in changes && { epochs: changes.zoom ? `${changes.zoom.from}-${changes.zoom.to}` : null }),
    ...("hidden" in changes && { hidden: [...(changes.hidden ?? [])].join(",") || null }),
  });
}
