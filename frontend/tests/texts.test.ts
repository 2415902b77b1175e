import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { language } from "../src/texts/language";
import { PAIRS, type TextKey, t } from "../src/texts/texts";

const keys = Object.keys(PAIRS) as TextKey[];
const holes = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((each) => each[1]!);

describe("texts", () => {
  it.each(keys)("%s says the same in both languages: the same values", (key) => {
    const [english, korean] = PAIRS[key];
    expect([...new Set(holes(korean))].toSorted()).toEqual([...new Set(holes(english))].toSorted());
    expect(korean.trim()).not.toBe("");
  });

  it("are all used", () => {
    const source = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("texts/"))
      .map((name) => readFileSync(`src/${name}`, "utf8"))
      .join("\n");
    const starts = [...source.matchAll(/`([\w.]+)\$\{/g)].map((each) => each[1]!);
    const unused = keys.filter((key) => !source.includes(`"${key}"`) && !starts.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });

  it("count one as one", () => {
    expect(t("home.parameters", { count: 1 })).toBe("1 parameter");
    expect(t("home.parameters", { count: "1,234" })).toBe("1,234 parameters");
    language.value = "ko";
    expect(t("home.parameters", { count: 1 })).toBe("매개변수 1개");
    language.value = "en";
  });
});
