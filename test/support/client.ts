/** A program that uses a studio as anybody would: over HTTP and the socket, with a bearer token. */

export type Json = Record<string, unknown>;
export type Answer<Body = Json> = { status: number; headers: Headers; body: Body };

export type Client = {
  account: string;
  token: string;
  url: string;
  /** The book and the chapter of its first sign-in. */
  book: string;
  chapter: string;
  request<Body = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
  get<Body = Json>(path: string): Promise<Answer<Body>>;
  post<Body = Json>(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
  /** Stores an ask in its chapter; answers the blob. */
  ask(text: string, metadata?: Json): Promise<Json & { id: string }>;
  live(query?: Record<string, string>): Promise<LiveClient>;
};

/** Who signs in, in tests and in seeded studios. */
export const MARIAN = {
  name: "Marian Oake",
  email: "marian@oake.example",
  password: "nine-nights-of-fog",
};
export const TOM = { name: "Tom Reed", email: "tom@reed.example", password: "the-long-stair-down" };

export async function signUp(url: string, person = MARIAN): Promise<Client> {
  const response = await fetch(new URL("/api/auth/sign-up/email", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(person),
  });
  if (!response.ok) throw new Error(`signing up: ${response.status} ${await response.text()}`);
  const { user } = (await response.json()) as { user: { id: string } };
  return clientOf(url, response.headers.get("set-auth-token")!, user.id);
}

export async function signIn(url: string, person = MARIAN): Promise<Client> {
  const { email, password } = person;
  const response = await fetch(new URL("/api/auth/sign-in/email", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw new Error(`signing in: ${response.status} ${await response.text()}`);
  const { user } = (await response.json()) as { user: { id: string } };
  return clientOf(url, response.headers.get("set-auth-token")!, user.id);
}

/** The same account at another web process. */
export async function clientOf(url: string, token: string, account: string): Promise<Client> {
  const client: Client = {
    account,
    token,
    url,
    book: "",
    chapter: "",
    async request<Body>(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json");
      return {
        status: response.status,
        headers: response.headers,
        body: (isJson ? JSON.parse(text) : { text }) as Body,
      };
    },
    get: (path) => client.request("GET", path),
    post: (path, body, headers) => client.request("POST", path, body, headers),
    async ask(text, metadata) {
      const draft = { schema: "text-input", bucket: client.chapter, content: { text }, metadata };
      const { status, body } = await client.post<Json & { id: string }>("/api/blobs", draft);
      if (status !== 201) throw new Error(`asking: ${status} ${JSON.stringify(body)}`);
      return body;
    },
    live: (query = {}) => openLive(url, token, query),
  };
  const { body } = await client.get<{ items: { id: string; parent: string }[] }>(
    "/api/buckets?type=chapter",
  );
  client.chapter = body.items[0]?.id ?? "";
  client.book = body.items[0]?.parent ?? "";
  return client;
}

export type Frame = Json & { type: string; offset?: number };

export type LiveClient = {
  frames: Frame[];
  socket: WebSocket;
  /** The `event` members of the event frames. */
  events(): (Json & { type: string; subject: string; data: Json })[];
  send(message: Json): void;
  /** Resolves with the first frame, past or future, that fits. */
  until(fits: (frame: Frame) => boolean, withinMs?: number): Promise<Frame>;
  /** `<epoch>:<offset>` after what it has heard so far. */
  since(): string;
  closed: Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
};

async function openLive(
  url: string,
  token: string,
  query: Record<string, string>,
): Promise<LiveClient> {
  const address = new URL(`/live?${new URLSearchParams(query)}`, url);
  address.protocol = "ws:";
  const socket = new WebSocket(address, {
    headers: { authorization: `Bearer ${token}` },
  } as unknown as string[]);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  socket.onmessage = ({ data }) => {
    frames.push(JSON.parse(String(data)) as Frame);
    for (const look of [...waiting]) look();
  };
  socket.onclose = ({ code, reason }) => closed.resolve({ code, reason });
  const live: LiveClient = {
    frames,
    socket,
    events: () =>
      frames.filter((frame) => frame.type === "event").map((frame) => frame.event) as never,
    send: (message) => socket.send(JSON.stringify(message)),
    until(fits, withinMs = 20_000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = frames.find(fits);
          if (!found) return;
          waiting.delete(look);
          clearTimeout(late);
          resolve(found);
        };
        const late = setTimeout(() => {
          waiting.delete(look);
          const seen = frames.slice(-10).map((frame) => JSON.stringify(frame).slice(0, 160));
          reject(new Error(`No such frame came. The last ones:\n${seen.join("\n")}`));
        }, withinMs);
        waiting.add(look);
        look();
      });
    },
    since() {
      const welcome = frames.find((frame) => frame.type === "welcome")!;
      const offsets = frames.map((frame) => frame.offset ?? 0);
      return `${welcome.epoch}:${Math.max(...offsets)}`;
    },
    closed: closed.promise,
    async close() {
      socket.close();
      await closed.promise;
    },
  };
  await live.until((frame) => frame.type === "welcome");
  return live;
}

/** Waits until a condition holds, looking often. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline)
      throw new Error(`It did not come about in ${withinMs} ms: ${look}`);
    await Bun.sleep(20);
  }
}
