/** Where the page is: `/`, or the path under which a proxy offers the service. */
const BASE = location.pathname.replace(/[^/]*$/, "") || "/";

/** A path of the service as a browser reaches it from here. */
export const below = (path: string): string => BASE + path.slice(1);
