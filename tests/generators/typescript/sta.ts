// swagger-typescript-api: the main job, as its users write it.
import { Api } from "./sta/api";

const api = new Api({ baseUrl: process.argv[2]! });
const rows = Array.from({ length: 60 }, (_, i) => `${i / 60},${(i * 7) % 10},${i < 30 ? "dislike" : "like"}`);
const file = new File([["fat,salt,taste", ...rows].join("\n")], "cheeses.csv");
await api.datasets.createDataset({ file }, { name: "sta-cheeses" });
const { data: proposal } = await api.datasets.getProposal("sta-cheeses", { target: ["taste"] });
await api.networks.createNetwork({ ...proposal.network, name: "sta" });
const training = { ...proposal.train, network: "sta", epochs: 5 };
let { data: job } = await api.train.trainNetwork(training, { headers: { Prefer: "wait=30" } });
while (job.status !== "succeeded" && job.status !== "failed") job = (await api.jobs.getJob(job.id)).data;
const row = { fat: 0.9, salt: 3 };
const { data: one } = await api.predict.predict({ network: "sta", ...row });
const { data: many } = await api.predict.predictBatch({ network: "sta", inputs: [row] });
const { data: history } = await api.jobs.getJobHistory(job.id);
console.log(JSON.stringify({ status: job.status, one: one.labels, many: many.labels, epochs: history.data.length }));
