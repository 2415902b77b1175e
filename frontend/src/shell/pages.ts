/** Every page: the pattern of its address, where its code is, and the key of its title. */
import type { FunctionComponent } from "preact";
import { may } from "../api/caller";
import type { Scope } from "../api/types";
import type { TextKey } from "../texts/texts";
import { match, type PageProps } from "./router";

type Page = FunctionComponent<PageProps>;

export interface PageEntry {
  pattern: string;
  /** Each page is a file of its own, loaded when it is first shown. */
  load: () => Promise<Page>;
  title: TextKey;
  /** What a reader must be allowed to do for the page to be of use. */
  needs?: Scope;
}

const home = () => import("../home/HomePage").then(({ HomePage }) => HomePage);
const build = () => import("../build/BuildPage").then(({ BuildPage }) => BuildPage);
const datasets = () => import("../datasets/DatasetsPage").then(({ DatasetsPage }) => DatasetsPage);
const dataset = () => import("../datasets/DatasetPage").then(({ DatasetPage }) => DatasetPage);
const watch = () => import("../watch/WatchPage").then(({ WatchPage }) => WatchPage);
const runs = () => import("../runs/RunsPage").then(({ RunsPage }) => RunsPage);
const network = () => import("../network/NetworkPage").then(({ NetworkPage }) => NetworkPage);
const train = () => import("../train/TrainPage").then(({ TrainPage }) => TrainPage);
const predict = () => import("../predict/PredictPage").then(({ PredictPage }) => PredictPage);
const inside = () => import("../inside/InsidePage").then(({ InsidePage }) => InsidePage);
const evaluate = () => import("../evaluate/EvaluatePage").then(({ EvaluatePage }) => EvaluatePage);
const score = () => import("../score/ScorePage").then(({ ScorePage }) => ScorePage);
const schedules = () => import("../schedules/SchedulesPage").then(({ SchedulesPage }) => SchedulesPage);
const searches = () => import("../searches/SearchesPage").then(({ SearchesPage }) => SearchesPage);
const search = () => import("../searches/SearchPage").then(({ SearchPage }) => SearchPage);
const monitoring = () => import("../monitoring/MonitoringPage").then(({ MonitoringPage }) => MonitoringPage);
const versions = () => import("../versions/VersionsPage").then(({ VersionsPage }) => VersionsPage);
const access = () => import("../access/AccessPage").then(({ AccessPage }) => AccessPage);
const step = () => import("../step/StepPage").then(({ StepPage }) => StepPage);

export const PAGES: PageEntry[] = [
  { pattern: "/", load: home, title: "nav.home" },
  { pattern: "/build", load: build, title: "nav.build", needs: "train" },
  { pattern: "/datasets", load: datasets, title: "nav.data" },
  { pattern: "/datasets/:dataset", load: dataset, title: "nav.data" },
  { pattern: "/jobs", load: runs, title: "runs.title" },
  { pattern: "/jobs/:jobs", load: watch, title: "watch.title" },
  { pattern: "/networks/:network", load: network, title: "network.overview" },
  { pattern: "/networks/:network/train", load: train, title: "network.train", needs: "train" },
  { pattern: "/networks/:network/predict", load: predict, title: "network.predict", needs: "predict" },
  { pattern: "/networks/:network/evaluate", load: evaluate, title: "network.evaluate", needs: "predict" },
  { pattern: "/networks/:network/versions", load: versions, title: "versions.title" },
  { pattern: "/networks/:network/monitoring", load: monitoring, title: "monitoring.title" },
  { pattern: "/networks/:network/inside", load: inside, title: "inside.title" },
  { pattern: "/networks/:network/step", load: step, title: "step.title", needs: "predict" },
  { pattern: "/score", load: score, title: "score.title", needs: "train" },
  { pattern: "/searches", load: searches, title: "searches.title" },
  { pattern: "/searches/:search", load: search, title: "searches.title" },
  { pattern: "/schedules", load: schedules, title: "schedules.title" },
  { pattern: "/step", load: step, title: "step.title", needs: "predict" },
  { pattern: "/access", load: access, title: "access.title" },
];

/** Whether a link to an address is of use to the reader. */
export function mayOpen(address: string): boolean {
  const [path = ""] = address.replace(/^#/, "").split("?", 1);
  const needs = PAGES.find(({ pattern }) => match(pattern, path))?.needs;
  return needs === undefined || may(needs);
}
