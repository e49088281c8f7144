/** Clients of the Confluent Schema Registry, unchanged, against a studio. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  Compatibility,
  JsonDeserializer,
  JsonSerializer,
  SchemaRegistryClient,
  SerdeType,
} from "@confluentinc/schemaregistry";
import { SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import { type Client, MARIAN, signUp, TOM } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;
let token: string;
let confluent: SchemaRegistryClient;
let url: string;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  url = new URL("/registry", studio.url).href;
  // The first account is the administrator.
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
  token = await tokenOf(tom, ["write"]);
  confluent = clientWith(token);
});
afterAll(() => studio?.stop());

async function tokenOf(client: Client, scopes: string[]): Promise<string> {
  const { status, body } = await client.post("/api/tokens", { name: "Kafka", scopes });
  expect(status).toBe(201);
  return body.token as string;
}

const clientWith = (secret: string) =>
  new SchemaRegistryClient({
    baseURLs: [url],
    basicAuthCredentials: { credentialsSource: "USER_INFO", userInfo: `kafka:${secret}` },
    maxRetries: 0,
  });

const order = (more: object = {}) => ({
  schemaType: "JSON",
  schema: JSON.stringify({
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { number: { type: "integer" }, ...more },
    required: ["number"],
    additionalProperties: false,
  }),
});
const code = async (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: { errorCode?: number; status?: number }) => error.errorCode,
  );

describe("@confluentinc/schemaregistry", () => {
  test("registers, finds by id and by schema, and lists", async () => {
    const first = await confluent.registerFullResponse("orders-value", order());
    expect(await confluent.register("orders-value", order())).toBe(first.id!);
    const more = order({ note: { type: "string" } });
    const second = await confluent.register("orders-value", more);
    expect(second).not.toBe(first.id!);
    // Only how it is written.
    const spaced = { ...more, schema: JSON.stringify(JSON.parse(more.schema), null, 2) };
    expect(await confluent.getId("orders-value", spaced)).toBe(second);
    expect(await confluent.register("orders-again-value", order())).toBe(first.id!);
    expect(await confluent.getBySubjectAndId("orders-value", first.id!)).toMatchObject(order());
    expect(await confluent.getVersion("orders-value", more)).toBe(2);
    expect(await confluent.getAllVersions("orders-value")).toEqual([1, 2]);
    expect(await confluent.getLatestSchemaMetadata("orders-value")).toMatchObject({
      id: second,
      version: 2,
      subject: "orders-value",
      ...more,
    });
    expect(await confluent.getSchemaMetadata("orders-value", 1)).toMatchObject({ id: first.id! });
    expect(await confluent.getAllSubjects()).toContain("orders-value");
    expect((await tom.get("/api/schemas/orders-value/versions/2")).body).toMatchObject({
      globalId: second,
      owner: tom.account,
    });
  });

  test("checks compatibility and says what a subject keeps", async () => {
    const strange = order({ number: { type: "string" } });
    expect(await confluent.testSubjectCompatibility("orders-value", strange)).toBe(false);
    expect(await confluent.testCompatibility("orders-value", 1, order())).toBe(true);
    expect(await code(confluent.register("orders-value", strange))).toBe(409);
    expect(await code(confluent.getCompatibility("orders-value"))).toBe(40408);
    await confluent.updateCompatibility("orders-value", Compatibility.NONE);
    expect(await confluent.getCompatibility("orders-value")).toBe(Compatibility.NONE);
    expect(await confluent.testSubjectCompatibility("orders-value", strange)).toBe(true);
    expect(await confluent.getDefaultCompatibility()).toBe(Compatibility.BACKWARD);
    expect(await code(confluent.updateDefaultCompatibility(Compatibility.FULL))).toBe(40301);
    const administrator = clientWith(await tokenOf(marian, ["administer"]));
    expect(await administrator.updateDefaultCompatibility(Compatibility.BACKWARD)).toBe(
      Compatibility.BACKWARD,
    );
    expect(
      await code(confluent.updateCompatibility("orders-value", "SIDEWAYS" as Compatibility)),
    ).toBe(42203);
  });

  test("follows references, keeps what is referred to, and deletes in two steps", async () => {
    const address = {
      schemaType: "JSON",
      schema: JSON.stringify({
        $id: "https://example.com/address.json",
        definitions: { town: { type: "string", minLength: 1 } },
        properties: { town: { $ref: "#/definitions/town" } },
      }),
    };
    await confluent.register("address", address);
    const references = [{ name: "address.json", subject: "address", version: 1 }];
    const letter = {
      schemaType: "JSON",
      schema: JSON.stringify({
        $id: "https://example.com/letter.json",
        properties: {
          to: { $ref: "address.json" },
          from: { $ref: "https://example.com/address.json#/definitions/town" },
        },
      }),
      references,
    };
    await confluent.register("letter", {
      ...letter,
      references: [...references, { ...references[0]!, name: "https://example.com/address.json" }],
    });
    expect((await confluent.getLatestSchemaMetadata("letter")).references).toContainEqual(
      references[0]!,
    );
    const path = "/api/schemas/letter/versions/1/validation";
    expect((await tom.post(path, { content: { to: { town: "" }, from: 7 } })).body).toMatchObject({
      errors: [{ pointer: "/to/town" }, { pointer: "/from" }],
    });
    expect(await code(confluent.deleteSubjectVersion("address", 1))).toBe(42206);
    expect(await code(confluent.deleteSubject("letter", true))).toBe(40405);
    expect(await confluent.deleteSubject("letter")).toEqual([1]);
    expect(await code(confluent.getAllVersions("letter"))).toBe(40401);
    expect(await confluent.getSchemaMetadata("letter", 1, true)).toMatchObject({ version: 1 });
    expect(await confluent.deleteSubject("letter", true)).toEqual([1]);
    confluent.clearCaches();
    expect(await code(confluent.getSchemaMetadata("letter", 1, true))).toBe(40401);
    expect(await confluent.deleteSubject("address")).toEqual([1]);
  });

  test("writes and reads messages with what it registered", async () => {
    const serializer = new JsonSerializer(confluent, SerdeType.VALUE, {
      autoRegisterSchemas: false,
      useLatestVersion: true,
      validate: true,
    });
    const deserializer = new JsonDeserializer(confluent, SerdeType.VALUE, {});
    const message = { number: 7, note: "urgent" };
    const bytes = await serializer.serialize("orders", message);
    expect(await deserializer.deserialize("orders", bytes)).toEqual(message);
  });

  test("is refused in the registry's words", async () => {
    expect(await code(confluent.getAllVersions("poems-value"))).toBe(40401);
    expect(await code(confluent.getSchemaMetadata("orders-value", 9))).toBe(40402);
    expect(await code(confluent.getBySubjectAndId("orders-value", 999_999))).toBe(40403);
    expect(await code(confluent.getId("orders-value", { ...order(), schema: "true" }))).toBe(40403);
    expect(await code(confluent.register("Orders.Value", order()))).toBe(42208);
    expect(await code(confluent.getAllVersions("Orders.Value"))).toBe(42208);
    for (const wrong of [
      { schemaType: "JSON", schema: "{" },
      { schemaType: "JSON", schema: '{"type":"poem"}' },
      { schemaType: "JSON", schema: '{"minimum":1e-99999}' },
      { schemaType: "AVRO", schema: '"string"' },
    ])
      expect(await code(confluent.register("orders-value", wrong))).toBe(42201);
    expect(await code(clientWith(await tokenOf(marian, ["read"])).register("x", order()))).toBe(
      40301,
    );
    expect(await code(clientWith("nobody").getAllSubjects())).toBe(401);
    const { status, body } = await tom.get("/registry/clusterconfig");
    expect({ status, body }).toMatchObject({ status: 404, body: { error_code: 404 } });
    expect(await code(confluent.register("text-input", order()))).toBe(40301);
  });
});

test("@kafkajs/confluent-schema-registry registers, writes and reads", async () => {
  const registry = new SchemaRegistry({
    host: url,
    auth: { username: "kafka", password: token },
    retry: { retries: 0 },
  });
  const schema = { type: SchemaType.JSON, schema: order().schema } as const;
  const options = { subject: "invoices-value" };
  const { id } = await registry.register(schema, options);
  expect(await registry.register(schema, options)).toMatchObject({ id });
  expect(await registry.getLatestSchemaId("invoices-value")).toBe(id);
  expect(await registry.getRegistryId("invoices-value", 1)).toBe(id);
  expect(await registry.getRegistryIdBySchema("invoices-value", schema)).toBe(id);
  const bytes = await registry.encode(id, { number: 3 });
  const another = new SchemaRegistry({ host: url, auth: { username: "", password: token } });
  expect(await another.decode(bytes)).toEqual({ number: 3 });
  expect((await tom.get("/api/schemas/invoices-value/config")).body).toMatchObject({
    compatibility: "BACKWARD",
  });
  const strange = { type: SchemaType.JSON, schema: order({ number: {} }).schema } as const;
  await expect(
    registry.register({ ...strange, schema: '{"type":"null"}' }, options),
  ).rejects.toThrow(/invoices-value keeps BACKWARD/);
});
