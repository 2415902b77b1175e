/** The service's own description of itself, asked for once: forms are made from it, so that they never lag behind. */
import { request } from "./request";

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

  /** Whether a body takes a field, for what newer services take and older ones do not. */
  has(name: string, field: string): boolean {
    return field in (this.schema(name).properties ?? {});
  }

  /** What a reference leads to, and its name. */
  follow(schema: Schema): { name: string | null; schema: Schema } {
    const name = schema.$ref?.replace("#/components/schemas/", "") ?? null;
    return { name, schema: name === null ? schema : this.schema(name) };
  }

  /** The variants of a kind such as `Optimizer`; empty where it is not one. */
  variants(kind: string): Variant[] {
    return (this.schema(kind).oneOf ?? []).flatMap((each) => {
      const { schema } = this.follow(each);
      const name = schema.properties?.type?.const;
      if (typeof name !== "string") return [];
      const { type: _, ...options } = schema.properties ?? {};
      const required = (schema.required ?? []).filter((field) => field !== "type");
      return [{ name, description: schema.description ?? "", options, required }];
    });
  }
}

let asked: Promise<Description> | null = null;

export function describe(): Promise<Description> {
  asked ??= request<{ components: { schemas: Record<string, Schema> } }>("GET", "/openapi.json").then(
    (document) => new Description(document.components.schemas),
    (error) => {
      asked = null;
      throw error;
    },
  );
  return asked;
}
