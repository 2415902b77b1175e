// Notes at the end of schema.ts which openapi.json its types are of, so that a test can tell when they are older.
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";

const hash = createHash("sha256").update(readFileSync("../openapi.json")).digest("hex");
appendFileSync("src/api/schema.ts", `// sha256 of openapi.json: ${hash}\n`);
