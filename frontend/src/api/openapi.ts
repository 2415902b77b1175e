/** The service's own description of its bodies, put in when the page is built: forms are made from it, so that they never lag behind. */
import { reached } from "./request";

export interface Schema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  $ref?: string;
}

/** One of the things that may stand at a place: `relu`, `adam`, `dense`. */
export interface Variant {
  name: string;
  description: string;
  /** Without its `type`. */
  options: Record<string, Schema>;
  required: string[];
}

export class Description {
  constructor(private readonly schemas: Record<string, Schema>) {}

  schema(name: string): Schema {
    return this.schemas[name] ?? {};
  }

  /** What a reference leads to, and its name. */
  follow(schema: Schema): { name: string | null; schema: Schema } {
    const name = schema.$ref?.replace("#/components/schemas/", "") ?? null;
    return { name, schema: name === null ? schema : this.schema(name) };
  }

  /** The variants of a kind such as `Optimizer`; empty where it is not one. */
  variants(kind: string): Variant[] {
    return this.variantsOf(this.schema(kind));
  }

  /** A kind may be a name or a spec, and specs a choice of their own. */
  private variantsOf({ oneOf = [] }: Schema): Variant[] {
    return oneOf.flatMap((each) => {
      const { schema } = this.follow(each);
      if (schema.oneOf) return this.variantsOf(schema);
      const name = schema.properties?.type?.const;
      if (typeof name !== "string") return [];
      const { type: _, ...options } = schema.properties ?? {};
      const required = (schema.required ?? []).filter((field) => field !== "type");
      return [{ name, description: schema.description ?? "", options, required }];
    });
  }
}

/** Loaded with the first form. */
export const describe = async (): Promise<Description> =>
  new Description((await reached(import("virtual:schemas"))).default);
