/**
 * Addresses live behind the #, so that every view is a link that can be shared: `#/networks/cheese/train?from=snap_1`.
 *
 * To add a page: write a component that takes `PageProps`, and put its import and one line into PAGES in
 * `shell/pages.ts`. `params` are the `:names` of its pattern, `query` what follows the `?`; `setQuery` changes the query
 * in place without a step in the browser's history. Links are plain `<a href={to("/jobs", ids.join(","))}>`.
 */
import { computed, signal } from "@preact/signals";

export interface Route {
  path: string;
  query: Record<string, string>;
}

export interface PageProps {
  params: Record<string, string>;
  query: Record<string, string>;
}

export const route = signal<Route>(read());
export const routePath = computed(() => route.value.path);

addEventListener("hashchange", () => {
  route.value = read();
});

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#/, "").split("?", 2);
  return { path: path || "/", query: Object.fromEntries(new URLSearchParams(query)) };
}

/** The parameters, where the path is of the pattern `/networks/:network`. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decoded(value);
    else if (part !== value) return null;
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** An address: to("/networks", name, "train") is `#/networks/cheese/train`. Commas stay as they are. */
export function to(start: string, ...parts: string[]): string {
  return [`#${start.replace(/\/$/, "")}`, ...parts.map((part) => encodeURIComponent(part).replaceAll("%2C", ","))].join(
    "/",
  );
}

export function withParams(address: string, query: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (given.length === 0) return address;
  return `${address}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString().replaceAll("%2C", ",")}`;
}

export function go(address: string): void {
  location.hash = address.replace(/^#/, "");
}

/** Change what stands behind the `?` of the page that is shown: what a reader may want to share. */
export function setQuery(changes: Record<string, string | number | null>): void {
  const query = { ...route.value.query, ...changes };
  setAddress(withParams(`#${route.value.path}`, query));
}

/** Another address without a step in the history: nothing leads back to the one before. */
export function setAddress(address: string): void {
  history.replaceState(null, "", address);
  route.value = read();
}

/** Another address with a step in the history: the browser's Back leads to the one before. */
export function pushAddress(address: string): void {
  history.pushState(null, "", address);
  route.value = read();
}
