import { request } from "./request";
import type { EvaluateBody, Evaluation, PredictBody, Prediction } from "./types";

export const predict = (body: PredictBody | Record<string, unknown>, signal?: AbortSignal) =>
  request<Prediction>("POST", "/predict", { json: body, signal });

export const evaluate = (body: EvaluateBody | Record<string, unknown>, signal?: AbortSignal) =>
  request<Evaluation>("POST", "/evaluate", { json: body, signal });
