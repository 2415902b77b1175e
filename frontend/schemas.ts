/** The parts of openapi.json that forms are made from, as a module: those of the bodies of POST /networks and /train. */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const NAME = "virtual:schemas";
const BODIES = ["NetworkBody", "TrainBody"];
const FILE = new URL("../openapi.json", import.meta.url);

type Schemas = Record<string, unknown>;

export const schemas = (): Plugin => ({
  name: "schemas",
  resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
  load(id) {
    if (id !== `\0${NAME}`) return undefined;
    this.addWatchFile(FILE.pathname);
    const all = (JSON.parse(readFileSync(FILE, "utf8")) as { components: { schemas: Schemas } }).components.schemas;
    return `export default JSON.parse(${JSON.stringify(JSON.stringify(reachable(all, BODIES)))});`;
  },
});

/** With everything that they refer to. */
function reachable(all: Schemas, names: readonly string[]): Schemas {
  const found: Schemas = {};
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name in found) continue;
    found[name] = all[name];
    const text = JSON.stringify(all[name]);
    waiting.push(...[...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((each) => each[1]!));
  }
  return found;
}
