/** Buckets for tests, made and changed over HTTP as any program does. */
import { expect } from "bun:test";
import type { Answer, Client, Json } from "./client.ts";

export type MadeBucket = Json & {
  id: string;
  name: string;
  root: string;
  parent: string | null;
  position: string;
  revision: number;
  metadata: Json;
};

export type TreeOf = MadeBucket & { children: TreeOf[] };

export async function makeBucket(client: Client, draft: Json): Promise<MadeBucket> {
  const { status, body } = await client.post<MadeBucket>("/api/buckets", {
    name: "A bucket",
    ...draft,
  });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body;
}

/** A change of the bucket as it stands now. */
export async function changeNow(client: Client, id: string, change: Json): Promise<Answer> {
  const { headers } = await client.get(`/api/buckets/${id}`);
  return client.request("PATCH", `/api/buckets/${id}`, change, {
    "if-match": headers.get("etag")!,
  });
}

export const trashNow = (client: Client, id: string) =>
  client.request("DELETE", `/api/buckets/${id}`);

export const restoreNow = (client: Client, id: string) =>
  client.post(`/api/buckets/${id}/restoration`, null);

export async function treeOf(client: Client, id: string, query = ""): Promise<TreeOf> {
  const { status, body } = await client.get<TreeOf>(`/api/buckets/${id}/tree${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}

/** Names, nested: `["book", ["one", ["a"]], ["two"]]`. */
export type Names = [string, ...Names[]];

export const namesOf = ({ name, children }: TreeOf): Names => [name, ...children.map(namesOf)];
