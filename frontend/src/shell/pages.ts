/** Every page: the pattern of its address, the component, and the key of its title. */
import type { FunctionComponent } from "preact";
import { BuildPage } from "../build/BuildPage";
import { DatasetPage } from "../datasets/DatasetPage";
import { DatasetsPage } from "../datasets/DatasetsPage";
import { HomePage } from "../home/HomePage";
import { InsidePage } from "../inside/InsidePage";
import { NetworkPage } from "../network/NetworkPage";
import { PredictPage } from "../predict/PredictPage";
import { StepPage } from "../step/StepPage";
import type { TextKey } from "../texts/texts";
import { TrainPage } from "../train/TrainPage";
import { WatchPage } from "../watch/WatchPage";
import type { PageProps } from "./router";

export interface PageEntry {
  pattern: string;
  page: FunctionComponent<PageProps>;
  title: TextKey;
}

export const PAGES: PageEntry[] = [
  { pattern: "/", page: HomePage, title: "nav.home" },
  { pattern: "/build", page: BuildPage, title: "nav.build" },
  { pattern: "/datasets", page: DatasetsPage, title: "nav.data" },
  { pattern: "/datasets/:dataset", page: DatasetPage, title: "nav.data" },
  { pattern: "/jobs/:jobs", page: WatchPage, title: "watch.title" },
  { pattern: "/networks/:network", page: NetworkPage, title: "network.overview" },
  { pattern: "/networks/:network/train", page: TrainPage, title: "network.train" },
  { pattern: "/networks/:network/predict", page: PredictPage, title: "network.predict" },
  { pattern: "/networks/:network/inside", page: InsidePage, title: "inside.title" },
  { pattern: "/networks/:network/step", page: StepPage, title: "step.title" },
  { pattern: "/step", page: StepPage, title: "step.title" },
];
