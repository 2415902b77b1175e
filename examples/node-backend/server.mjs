// A web backend in plain Node (20 or newer): the browser talks to this server, and only this server has the key.
// node server.mjs          with FEEDFORWARD_URL, FEEDFORWARD_KEY and PORT, all optional
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const SERVICE = process.env.FEEDFORWARD_URL ?? "http://127.0.0.1:8000";
const NETWORK = "penguins-node";
const TABLE = new URL("../../service/demo/penguins.csv", import.meta.url);
const FIELDS = ["island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "sex", "year"];

class Rejected extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title);
    this.status = status;
    this.errors = problem.errors ?? [];
  }
}

/** One request to the service; throws its problem, which names each invalid field. */
async function ask(path, { body, type = "application/json", ...init } = {}) {
  const headers = { ...init.headers };
  if (process.env.FEEDFORWARD_KEY) headers.Authorization = `Bearer ${process.env.FEEDFORWARD_KEY}`;
  if (body !== undefined) headers["Content-Type"] = type;
  const answer = await fetch(SERVICE + path, { ...init, method: body === undefined ? "GET" : "POST", headers, body });
  const said = await answer.json();
  if (!answer.ok) throw new Rejected(answer.status, said);
  return said;
}

/** Upload the table, create a network for it and train that, unless an earlier start has done so. */
async function prepare() {
  const { data } = await ask("/networks?limit=100");
  if (data.some((network) => network.name === NETWORK)) return;
  const table = await ask(`/datasets?name=${NETWORK}`, { body: await readFile(TABLE), type: "text/csv" });
  const proposal = await ask(`/datasets/${table.id}/proposal?target=species`);
  const { network: _, ...train } = proposal.train;
  const made = await ask("/networks", {
    body: JSON.stringify({ ...proposal.network, name: NETWORK, train: { ...train, epochs: 60 } }),
  });
  let job = await ask(`/jobs/${made.job}`);
  while (!["succeeded", "failed", "cancelled"].includes(job.status)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    job = await ask(`/jobs/${made.job}`);
  }
  if (job.status !== "succeeded") throw new Error(`The training ${job.status}: ${job.error?.message ?? "by hand"}`);
}

/** A field as JSON has it: empty is a missing cell, which the network imputes; what is no number stays a text. */
function cell(text) {
  if (!text) return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
}

async function species(query) {
  const row = Object.fromEntries(FIELDS.map((name) => [name, cell(query.get(name))]));
  const answer = await ask("/predict", { body: JSON.stringify({ network: NETWORK, inputs: [row] }) });
  return { species: answer.labels[0], probabilities: answer.probabilities[0], imputed: answer.imputed ?? {} };
}

const PAGE = `<!doctype html><meta charset="utf-8"><title>Which penguin?</title><h1>Which penguin?</h1>
<form>${FIELDS.map((name) => `<label>${name} <input name="${name}"></label><br>`).join("")}<button>Ask</button></form>
<pre></pre><script>
document.forms[0].onsubmit = async (event) => {
  event.preventDefault();
  const answer = await fetch("species?" + new URLSearchParams(new FormData(event.target)));
  document.querySelector("pre").textContent = JSON.stringify(await answer.json(), null, 2);
};</script>`;

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://here");
  const send = (status, type, text) => response.writeHead(status, { "Content-Type": type }).end(text);
  if (url.pathname === "/") return send(200, "text/html", PAGE);
  if (url.pathname !== "/species") return send(404, "application/json", '{"detail": "There is no such page."}');
  try {
    send(200, "application/json", JSON.stringify(await species(url.searchParams)));
  } catch (error) {
    // Mistakes in the form go back to the page with their fields; anything else is ours to look at.
    const mine = error instanceof Rejected && error.status === 422;
    if (!mine) console.error(error);
    const told = mine ? { detail: error.message, errors: error.errors } : { detail: "Please try again later." };
    send(mine ? 422 : 502, "application/json", JSON.stringify(told));
  }
});

await prepare();
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
