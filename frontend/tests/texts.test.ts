import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { language } from "../src/texts/language";
import { type Pair, t } from "../src/texts/texts";

const FILES = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
const source = new Map(FILES.map((name) => [name, readFileSync(`src/${name}`, "utf8")]));

/** By file: its texts. */
const groups = new Map<string, Record<string, Pair>>(
  Object.entries(import.meta.glob<object>("../src/texts/*.ts", { eager: true }))
    .filter(([name]) => !/(texts|language)\.ts$/.test(name))
    .map(([name, module]) => [name.replace("../src/", ""), Object.assign({}, ...Object.values(module))]),
);
const pairs = Object.assign({}, ...groups.values()) as Record<string, Pair>;
const keys = Object.keys(pairs);
/** By file: what stands in it between quotes, as a key would. */
const quoted = new Map(
  [...source].map(([name, text]) => [name, new Set([...text.matchAll(/"([\w.]+)"/g)].map((each) => each[1]!))]),
);
const holes = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((each) => each[1]!);

/** The file that an import names. */
function fileOf(from: string, named: string): string | null {
  const path = join(dirname(from), named);
  return [path, `${path}.ts`, `${path}.tsx`].find((each) => existsSync(`src/${each}`) && source.has(each)) ?? null;
}

/** A file with all that it imports, and they import, before it runs. */
function loadedWith(start: string, found = new Set<string>()): Set<string> {
  if (found.has(start)) return found;
  found.add(start);
  for (const [, named] of (source.get(start) ?? "").matchAll(/^(?:import|export) (?!type).*?"(\.[^"]+)";$/gms)) {
    const file = fileOf(start, named!);
    if (file) loadedWith(file, found);
  }
  return found;
}

const starts = ["main.tsx", ...FILES.filter((name) => /Page\.tsx$/.test(name) && !name.startsWith("shell/"))];

describe("texts", () => {
  it.each(keys)("%s says the same in both languages: the same values", (key) => {
    const [english, korean] = pairs[key]!;
    expect([...new Set(holes(korean))].toSorted()).toEqual([...new Set(holes(english))].toSorted());
    expect(korean.trim()).not.toBe("");
  });

  it("are all used", () => {
    const all = [...source].filter(([name]) => !name.startsWith("texts/"));
    const begun = all.flatMap(([, text]) => [...text.matchAll(/`([\w.]+)\$\{/g)].map((each) => each[1]!));
    const used = new Set(all.flatMap(([name]) => [...quoted.get(name)!]));
    const unused = keys.filter((key) => !used.has(key) && !begun.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });

  it.each(starts)("that %s and all that it imports use are loaded with it", (start) => {
    const files = new Set([...loadedWith("main.tsx"), ...loadedWith(start)]);
    const code = [...files].filter((name) => !name.startsWith("texts/")).map((name) => quoted.get(name)!);
    const uses = (key: string) => code.some((words) => words.has(key));
    const missing = [...groups].filter(([name, group]) => !files.has(name) && Object.keys(group).some(uses));
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  it("count one as one", () => {
    expect(t("home.parameters", { count: 1 })).toBe("1 parameter");
    expect(t("home.parameters", { count: "1,234" })).toBe("1,234 parameters");
    language.value = "ko";
    expect(t("home.parameters", { count: 1 })).toBe("매개변수 1개");
    language.value = "en";
  });
});
