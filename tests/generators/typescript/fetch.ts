// openapi-typescript and openapi-fetch: the main job, as their users write it.
import createClient from "openapi-fetch";
import type { paths } from "./schema";

const client = createClient<paths>({
  baseUrl: process.argv[2]!,
  querySerializer: { object: { style: "form", explode: true } },
});

function given<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const rows = Array.from({ length: 60 }, (_, i) => `${i / 60},${(i * 7) % 10},${i < 30 ? "dislike" : "like"}`);
given(
  await client.POST("/datasets", {
    params: { query: { name: "cheeses" } },
    body: ["fat,salt,taste", ...rows].join("\n"),
    bodySerializer: (body) => body,
    headers: { "Content-Type": "text/csv" },
  }),
);
const path = { dataset: "cheeses" };
const proposal = given(
  await client.GET("/datasets/{dataset}/proposal", { params: { path, query: { target: ["taste"] } } }),
);
const made = given(await client.POST("/networks", { body: { ...proposal.network, name: "fetch" } }));
const layer = made.layers?.[0];
if (layer?.type !== "dense" || layer.units < 1) throw new Error("The first layer is not a dense one.");
const body = { ...proposal.train, network: "fetch", epochs: 5 };
let job = given(await client.POST("/train", { body, params: { header: { Prefer: "wait=30" } } }));
while (job.status !== "succeeded" && job.status !== "failed") {
  job = given(await client.GET("/jobs/{job}", { params: { path: { job: job.id } } }));
}
const row = { fat: 0.9, salt: 3 };
const one = given(await client.GET("/predict", { params: { query: { network: "fetch", features: row } } }));
const many = given(await client.POST("/predict", { body: { network: "fetch", inputs: [row] } }));
const history = given(await client.GET("/jobs/{job}/history", { params: { path: { job: job.id } } }));
if (typeof one === "string" || typeof many === "string" || typeof history === "string") throw new Error("JSON was expected.");
console.log(JSON.stringify({ status: job.status, one: one.labels, many: many.labels, epochs: history.data.length }));
