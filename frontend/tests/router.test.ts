import { afterEach, describe, expect, it } from "vitest";
import { go, match, route, setQuery, to, withParams } from "../src/shell/router";

afterEach(() => {
  location.hash = "";
});

describe("an address", () => {
  it("gives the parts that a pattern names, decoded", () => {
    expect(match("/networks/:network/train", "/networks/my%20net/train")).toEqual({ network: "my net" });
    expect(match("/networks/:network", "/networks/a/b")).toBeNull();
    expect(match("/", "/")).toEqual({});
  });

  it("keeps a part that is no good encoding as it is", () =>
    expect(match("/networks/:network", "/networks/100%")).toEqual({ network: "100%" }));

  it("is written so that it is read back the same, commas plain", () => {
    const address = to("/networks", "a/b c,d?#", "train");
    expect(address).toBe("#/networks/a%2Fb%20c,d%3F%23/train");
    expect(match("/networks/:network/train", address.slice(1))).toEqual({ network: "a/b c,d?#" });
  });

  it("carries only parameters that have a value", () =>
    expect(withParams("#/jobs", { a: 1, b: null, c: "", d: undefined, e: "x,y" })).toBe("#/jobs?a=1&e=x,y"));
});

describe("the page's route", () => {
  it("follows the address", async () => {
    go("#/networks/cheese?epoch=5");
    await expect.poll(() => route.value).toEqual({ path: "/networks/cheese", query: { epoch: "5" } });
  });

  it("changes its query without a step in the history", async () => {
    go("#/jobs/a?value=loss");
    await expect.poll(() => route.value.path).toBe("/jobs/a");
    const steps = history.length;
    setQuery({ scale: "log", value: null });
    expect(location.hash).toBe("#/jobs/a?scale=log");
    expect(history.length).toBe(steps);
  });
});
