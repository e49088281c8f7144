/**
 * The floor: the least that the main path could cost, as a process of its own. A POST inserts one row,
 * is published and consumed again (over JetStream when there is a NATS) and goes to every socket. No
 * accounts, no validation, no log, no order, nothing survives.
 */
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
await pool.query("create table if not exists floor (id uuid primary key, content jsonb not null)");

const STREAM = "BENCH_FLOOR";
const SUBJECT = "bench.floor";
let publish = async (body: string) => {
  server.publish("all", body);
};
if (process.env.NATS_URL) {
  const connection = await connect({ servers: process.env.NATS_URL });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: STREAM, subjects: [SUBJECT] });
  connection.subscribe(SUBJECT, {
    callback: (_error, message) => {
      server.publish("all", message.string());
    },
  });
  const stream = jetstream(connection);
  publish = async (body) => {
    await stream.publish(SUBJECT, body);
  };
}

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request, server) {
    if (server.upgrade(request)) return;
    const content = await request.text();
    const id = Bun.randomUUIDv7();
    await pool.query("insert into floor (id, content) values ($1, $2)", [id, content]);
    const sent = publish(JSON.stringify({ id }));
    await sent;
    return Response.json({ id });
  },
  websocket: {
    open(socket) {
      socket.subscribe("all");
    },
    message() {},
  },
});
console.log(`ready http://127.0.0.1:${server.port}/`);
