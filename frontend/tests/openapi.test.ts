import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Description } from "../src/api/openapi";
import { plain } from "../src/forms/SchemaField";

const { components } = JSON.parse(readFileSync("../openapi.json", "utf8"));
const description = new Description(components.schemas);

describe("the service's description", () => {
  it.each([
    ["Optimizer", "adam"],
    ["Schedule", "cosine"],
    ["Loss", "cross_entropy"],
    ["Layer", "dense"],
    ["Activation", "relu"],
    ["Metric", "accuracy"],
    ["Clipping", "norm"],
  ])("has the variants of %s, which forms are made from", (kind, name) => {
    const variants = description.variants(kind);
    expect(variants.map((each) => each.name)).toContain(name);
    expect(variants.every(({ description }) => description.length > 0)).toBe(true);
  });

  it("has the options of a variant without its type", () => {
    const adam = description.variants("Optimizer").find(({ name }) => name === "adam");
    expect(Object.keys(adam?.options ?? {})).toContain("learning_rate");
    expect(Object.keys(adam?.options ?? {})).not.toContain("type");
  });
});

describe("a field that may be null", () => {
  const description = new Description({ Spec: { type: "object", properties: {} } });

  it("is of its other type, however the document writes it", () => {
    expect(plain(description, { type: ["boolean", "null"] })).toMatchObject({
      isNullable: true,
      schema: { type: "boolean" },
    });
    expect(plain(description, { type: ["integer", "null"], minimum: 0 }).schema).toEqual({
      type: "integer",
      minimum: 0,
    });
    expect(plain(description, { anyOf: [{ $ref: "#/components/schemas/Spec" }, { type: "null" }] })).toMatchObject({
      isNullable: true,
      ref: "Spec",
    });
    expect(plain(description, { type: "integer" })).toMatchObject({ isNullable: false, ref: null });
  });
});
