/** The API's own words, by short names. `schema.ts` is written from the OpenAPI document by `npm run types`. */
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Network = Schemas["Network"];
export type CreatedNetwork = Schemas["CreatedNetwork"];
export type NetworkBody = Schemas["NetworkBody"];
export type DryRun = Schemas["DryRun"];
export type Shape = Schemas["Shape"];
export type Layer = Schemas["Layer"];
export type TrainBody = Schemas["TrainBody"];
export type Job = Schemas["Job"];
export type JobStatus = Job["status"];
export type Finding = NonNullable<Job["findings"]>[number];
export type Epoch = Schemas["Epoch"];
export type JobHistory = Schemas["Series"];
export type Snapshot = Schemas["Snapshot"];
export type TrainingSchedule = Schemas["TrainingSchedule"];
export type Importances = Schemas["Importances"];
export type Recipe = Schemas["RecipeResponse"];
export type Average = Schemas["Average"];
export type Trial = Omit<Schemas["Trial"], "parameters"> & { parameters: Record<string, unknown> };
export type Version = Schemas["Version"];
export type Diff = Schemas["Diff"];
export type Live = Schemas["Live"];
export type Alias = Schemas["Alias"];
export type AliasMove = Schemas["Move"];
export type Weights = Schemas["Weights"];
export type Calibration = Schemas["Calibration"];
export type Prediction = Schemas["Prediction"];
export type Evaluation = Schemas["Evaluation"];
export type Explanation = Schemas["Explanation"];
export type EvaluateBody = Schemas["EvaluateBody"];
export type PredictBody = Schemas["PredictBody"];
export type ExplainBody = Schemas["ExplainBody"];
export type Caller = Schemas["Caller"];
export type Scope = Caller["scopes"][number];
export type Key = Schemas["Key"];
export type AnswerLog = Schemas["AnswerLogSpec"];
export type AnswerLogBody = Schemas["AnswerLogRequest"];
export type Monitoring = Schemas["Monitoring"];
export type Drift = Schemas["Drift"];
export type NetworkEvent = Schemas["NetworkEvent"];
export type NewKey = Schemas["NewKey"];
export type BrowserSession = Schemas["Session"];

/** One page of a list. */
export interface Page<T> {
  object: "list";
  data: T[];
  has_more: boolean;
  last_id: string | null;
}

/** What a job's stream says beside each message. */
export interface Progress {
  status: JobStatus;
  epoch: number;
  epochs: number;
  progress: number;
  eta_seconds: number | null;
  queue_position: number | null;
  best_epoch: number | null;
  best_value: number | null;
  seconds: number;
}
