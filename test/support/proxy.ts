/** The cable between a browser and a server: a TCP proxy on a port of its own that can be pulled. */

import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

export type Cable = {
  url: string;
  /** Every connection breaks, and none can be made. */
  pull(): void;
  plugIn(): void;
  stop(): Promise<void>;
};

export async function startCable(target: string): Promise<Cable> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let pulled = false;
  const server = createServer((near) => {
    if (pulled) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    pull() {
      pulled = true;
      for (const socket of sockets) socket.destroy();
    },
    plugIn() {
      pulled = false;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
