/** See schemas.ts beside vite.config.ts. */
declare module "virtual:schemas" {
  import type { Schema } from "./api/openapi";

  const schemas: Record<string, Schema>;
  export default schemas;
}
