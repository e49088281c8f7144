/** The peer: Hocuspocus on Bun's own server as the studio mounts it, with nobody signed in and nothing kept. */
import { Hocuspocus } from "@hocuspocus/server";
import { documentOptions } from "../../src/documents/model/document.ts";

const hocuspocus = new Hocuspocus({
  quiet: true,
  yDocOptions: documentOptions as { gc: boolean; gcFilter: () => boolean },
});

type Client = ReturnType<typeof hocuspocus.handleConnection>;

const server = Bun.serve<{ request: Request; client?: Client }>({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, server) {
    if (!server.upgrade(request, { data: { request } })) return new Response(null, { status: 426 });
  },
  websocket: {
    open(socket) {
      const incoming = {
        send: (message: Uint8Array) => socket.send(message),
        close: (code?: number, reason?: string) => socket.close(code, reason),
        get readyState() {
          return socket.readyState;
        },
      };
      socket.data.client = hocuspocus.handleConnection(
        incoming as unknown as WebSocket,
        socket.data.request,
      );
    },
    message(socket, message) {
      if (typeof message !== "string") socket.data.client?.handleMessage(new Uint8Array(message));
    },
    close(socket) {
      socket.data.client?.handleClose();
    },
  },
});
console.log(`ready ${server.url.href}`);
