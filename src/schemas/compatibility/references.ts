/** Where the parts of a schema lie and what its references mean. */
import { escapePointer } from "../../json.ts";
import { type Tick, Undecided } from "./budget.ts";
import { decodeToken, isObject, lift, type Schema, SUBSCHEMAS } from "./lift.ts";

/** The schema that a URI or a name (`text-input-v1`) means; undefined when there is none. */
export type Resolve = (uri: string) => unknown;

export type Place = {
  id: number;
  schema: Schema;
  /** The URI of the resource it belongs to. */
  base: string;
  /** JSON Pointer within its document. */
  pointer: string;
  /** The URI of its document; that of the schema itself is {@link HERE}. */
  document: string;
};

/** A schema without an id has this one, so that `text-input-v1` resolves to something. */
export const HERE = "reyna:///";

export class References {
  readonly root: Place;
  /** Other documents that were looked up, lifted, by the URI they were asked by. */
  readonly others = new Map<string, Schema>();
  private readonly places = new Map<object, Place>();
  private readonly resources = new Map<string, Place>();
  private readonly anchors = new Map<string, Place>();
  private readonly dynamicAnchors = new Map<string, Map<string, Place>>();
  private nextId = 0;

  constructor(
    lifted: Schema,
    private readonly resolve: Resolve,
    private readonly tick: Tick,
  ) {
    this.root = this.index(lifted, HERE, "", HERE);
    this.resources.set(HERE, this.root);
  }

  /** A part of a schema, by its keyword and what follows. */
  at(parent: Place, schema: Schema, ...tokens: (string | number)[]): Place {
    if (typeof schema === "object") {
      const known = this.places.get(schema);
      if (known) return known;
    }
    const pointer = `${parent.pointer}/${tokens.map((token) => escapePointer(String(token))).join("/")}`;
    return this.index(schema, parent.base, pointer, parent.document);
  }

  /** @throws Undecided when there is nothing there */
  follow(ref: string, from: Place): Place {
    this.tick();
    let uri: URL;
    try {
      uri = new URL(ref, from.base);
    } catch {
      throw new Undecided(`the reference “${ref}” is no URI`);
    }
    const fragment = uri.hash.slice(1);
    uri.hash = "";
    const base = uri.href.replace(/#$/, "");
    const resource = this.resources.get(base) ?? this.fetch(base, ref);
    if (fragment === "") return resource;
    if (!fragment.startsWith("/")) {
      const anchor = this.anchors.get(`${resource.base}#${decodeToken(fragment)}`);
      if (!anchor) throw new Undecided(`the reference “${ref}” leads nowhere`);
      return anchor;
    }
    return this.walk(resource, fragment, ref);
  }

  /** The dynamic anchors of a resource, by name. */
  dynamic(base: string): ReadonlyMap<string, Place> | undefined {
    return this.dynamicAnchors.get(base);
  }

  private walk(resource: Place, fragment: string, ref: string): Place {
    let at: unknown = resource.schema;
    let base = resource.base;
    const tokens = fragment.slice(1).split("/").map(decodeToken);
    for (const token of tokens) {
      const isThere = typeof at === "object" && at !== null && Object.hasOwn(at, token);
      if (!isThere) throw new Undecided(`the reference “${ref}” leads nowhere`);
      at = (at as Record<string, unknown>)[token];
      const place = isObject(at) ? this.places.get(at) : undefined;
      if (place) base = place.base;
    }
    if (typeof at !== "boolean" && !isObject(at))
      throw new Undecided(`the reference “${ref}” leads to no schema`);
    return this.at({ ...resource, base }, at, ...tokens);
  }

  private fetch(base: string, ref: string): Place {
    const name = base.startsWith(HERE) ? base.slice(HERE.length) : base;
    const schema = this.resolve(name);
    if (schema === undefined)
      throw new Undecided(`the reference “${ref}” leads to no known schema`);
    const made = lift(schema);
    this.others.set(base, made);
    const place = this.index(made, base, "", base);
    this.resources.set(base, place);
    return place;
  }

  private index(schema: Schema, outer: string, pointer: string, document: string): Place {
    this.tick();
    const place: Place = { id: this.nextId++, schema, base: outer, pointer, document };
    if (typeof schema === "boolean") return place;
    this.places.set(schema, place);
    if (typeof schema.$id === "string") {
      try {
        place.base = new URL(schema.$id, outer).href.replace(/#.*$/, "");
      } catch {
        throw new Undecided(`the id “${schema.$id}” is no URI`);
      }
      this.resources.set(place.base, place);
    }
    const { base } = place;
    if (typeof schema.$anchor === "string") this.anchors.set(`${base}#${schema.$anchor}`, place);
    if (typeof schema.$dynamicAnchor === "string") {
      this.anchors.set(`${base}#${schema.$dynamicAnchor}`, place);
      const known = this.dynamicAnchors.get(base) ?? new Map<string, Place>();
      this.dynamicAnchors.set(base, known.set(schema.$dynamicAnchor, place));
    }
    const inner = (sub: unknown, ...tokens: (string | number)[]) => {
      const at = `${pointer}/${tokens.map((token) => escapePointer(String(token))).join("/")}`;
      if (isObject(sub)) this.index(sub, base, at, document);
    };
    for (const keyword of SUBSCHEMAS.singles) inner(schema[keyword], keyword);
    for (const keyword of SUBSCHEMAS.lists)
      if (Array.isArray(schema[keyword]))
        for (const [i, sub] of schema[keyword].entries()) inner(sub, keyword, i);
    for (const keyword of SUBSCHEMAS.maps)
      if (isObject(schema[keyword]))
        for (const [name, sub] of Object.entries(schema[keyword])) inner(sub, keyword, name);
    return place;
  }
}
