/** Where the page is: `/`, or the path under which a proxy offers the service. */
const BASE = location.pathname.replace(/[^/]*$/, "") || "/";

/** A path of the service as a browser reaches it from here; a whole address, as the build gives a file, stays as it is. */
export const below = (path: string): string => (path.startsWith("/") ? BASE + path.slice(1) : path);
