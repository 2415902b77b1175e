// @hey-api/openapi-ts: the main job, as its users write it.
import {
  createDataset,
  createNetwork,
  getJob,
  getJobHistory,
  getProposal,
  predict,
  predictBatch,
  trainNetwork,
} from "./hey/index";
import { client } from "./hey/client.gen";

const throwOnError = true;
client.setConfig({ baseUrl: process.argv[2]! });
const rows = Array.from({ length: 60 }, (_, i) => `${i / 60},${(i * 7) % 10},${i < 30 ? "dislike" : "like"}`);
const file = new File([["fat,salt,taste", ...rows].join("\n")], "cheeses.csv");
await createDataset({ query: { name: "hey-cheeses" }, body: { file }, throwOnError });
const path = { dataset: "hey-cheeses" };
const { data: proposal } = await getProposal({ path, query: { target: ["taste"] }, throwOnError });
await createNetwork({ body: { ...proposal.network, name: "hey" }, throwOnError });
const training = { ...proposal.train, network: "hey", epochs: 5 };
let { data: job } = await trainNetwork({ body: training, headers: { Prefer: "wait=30" }, throwOnError });
while (job.status !== "succeeded" && job.status !== "failed") {
  ({ data: job } = await getJob({ path: { job: job.id }, throwOnError }));
}
const row = { fat: 0.9, salt: 3 };
const { data: one } = await predict({
  query: { network: "hey", features: row },
  querySerializer: { object: { style: "form", explode: true } },
  throwOnError,
});
const { data: many } = await predictBatch({ body: { network: "hey", inputs: [row] }, throwOnError });
const { data: history } = await getJobHistory({ path: { job: job.id }, throwOnError });
if (typeof many === "string" || typeof history === "string") throw new Error("JSON was expected.");
console.log(JSON.stringify({ status: job.status, one: one.labels, many: many.labels, epochs: history.data.length }));
