/** The same request as a line for a shell. */
export function curlOf(path: string, body?: unknown): string {
  const address = `${location.origin}${path}`;
  if (body === undefined) return `curl '${address}'`;
  return `curl ${address} -H 'Content-Type: application/json' -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`;
}
