/** A real S3-speaking server on a loopback port, keeping its objects in a folder of its own. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./client.ts";

export type S3Server = {
  /** As the studio's environment takes it. */
  variables: Record<string, string>;
  /** How many objects it holds. */
  count(): Promise<number>;
  stop(): Promise<void>;
};

const BUCKET = "studio";

export async function startS3(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), "reyna-s3-"));
  const port = await freePort();
  const program = new URL("../../node_modules/s3rver/bin/s3rver.js", import.meta.url).pathname;
  const server = Bun.spawn(
    [
      process.env.NODE ?? "node",
      program,
      ...["--directory", folder, "--address", "127.0.0.1", "--port", String(port)],
      ...["--configure-bucket", BUCKET, "--silent", "--no-vhost-buckets"],
    ],
    { stdin: "ignore", stdout: "ignore", stderr: "ignore" },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  await eventually(() =>
    fetch(endpoint).then(
      () => true,
      () => false,
    ),
  );
  return {
    variables: {
      S3_ENDPOINT: endpoint,
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: "S3RVER",
      S3_SECRET_ACCESS_KEY: "S3RVER",
      S3_REGION: "us-east-1",
    },
    count: async () =>
      (await readdir(join(folder, BUCKET))).filter((name) => name.endsWith("_object")).length,
    async stop() {
      server.kill();
      await server.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
