/**
 * The environment, read once. A bad one stops the start with the list of all that is wrong.
 */
import { resolve } from "node:path";

export type Role = "web" | "worker" | "relay";

/** `baseUrl` is used exactly as typed; some servers need no key. */
export type ModelSettings =
  | { baseUrl: string; apiKey?: string; model: string }
  | { practice: true };

export type Env = {
  port: number;
  host: string;
  /** Absolute: the database, the files and the secrets of a studio that runs on its own. */
  dataFolder: string;
  /** Absent: the studio runs a Postgres of its own in `dataFolder`. */
  databaseUrl: string | undefined;
  /** Absent: everything runs in this process. */
  natsUrl: string | undefined;
  roles: ReadonlySet<Role>;
  model: ModelSettings;
  /** Signs cookies; absent: made once and kept in `dataFolder`. */
  secret: string | undefined;
  signup: "invite" | "open";
  publicUrl: URL | undefined;
  /** Whether a proxy in front is believed when it names the client's address. */
  trustedProxy: boolean;
  /** Where the bytes of files lie; absent: in `dataFolder`. */
  s3: S3Settings | undefined;
  /** The largest file, in bytes. */
  fileLimit: number;
  logLevel: string;
};

export type S3Settings = {
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  endpoint?: string;
  region?: string;
};

export class BadEnvironment extends Error {
  constructor(readonly problems: string[]) {
    super(`The environment is not right:\n${problems.map((p) => `  - ${p}`).join("\n")}`);
    this.name = "BadEnvironment";
  }
}

const ROLES: readonly Role[] = ["web", "worker", "relay"];
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
const YES = /^(1|true|yes|on)$/i;
const NO = /^(0|false|no|off)$/i;
const DEFAULT_BASE_URL = "https://api.openai.com/v1";
/** Shorter ones could be guessed; `openssl rand -hex 32` makes a good one. */
const SECRET_MIN_LENGTH = 32;

/** The largest file unless REYNA_FILE_LIMIT says otherwise, in bytes. */
const FILE_LIMIT_BYTES = 2 * 1024 ** 3;

const PREFIX = "REYNA";
/** Of the studio, of its deployment and of its tests. */
const OURS = [
  ...["DATA", "SECRET", "SIGNUP", "PUBLIC_URL", "TRUSTED_PROXY", "FILE_LIMIT"],
  ...["DOMAIN", "PUBLISH", "WORKERS", "TEST_TUNING", "TEST_PROCESSORS"],
].map((name) => `${PREFIX}_${name}`);

/** Variables that look like the studio's and are not: a name misspelt is a setting that nobody reads. */
export const misspelt = (source: Record<string, string | undefined>): string[] =>
  Object.keys(source).filter((name) => name.startsWith(`${PREFIX}_`) && !OURS.includes(name));

export function readEnv(source: Record<string, string | undefined>, cwd = process.cwd()): Env {
  const problems: string[] = [];
  // An empty variable is how compose files and .env templates say "not set".
  const get = (name: string) => source[name]?.trim() || undefined;

  const url = (name: string, protocols: string[]): string | undefined => {
    const value = get(name);
    if (value === undefined) return undefined;
    // `nats:4222` parses, as a URL without a host.
    const known = protocols.some((protocol) => value.startsWith(`${protocol}//`));
    if (!known || !URL.canParse(value)) {
      problems.push(`${name} must be a URL that starts with ${protocols.join(" or ")}//.`);
      return undefined;
    }
    return value;
  };

  const portText = get("PORT") ?? "3000";
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port > 65_535)
    problems.push(`PORT must be a number from 0 to 65535, not “${portText}”.`);

  const roles = new Set<Role>();
  for (const word of (get("ROLES") ?? ROLES.join(",")).split(",").map((w) => w.trim())) {
    if ((ROLES as readonly string[]).includes(word)) roles.add(word as Role);
    else problems.push(`ROLES may name ${ROLES.join(", ")}; “${word}” is none of them.`);
  }

  const databaseUrl = url("DATABASE_URL", ["postgres:", "postgresql:"]);
  const natsUrl = url("NATS_URL", ["nats:", "tls:", "ws:", "wss:"]);
  if (natsUrl && !get("DATABASE_URL"))
    problems.push(
      "NATS_URL is set without DATABASE_URL. Processes that share a bus must share a database: set both, or neither.",
    );
  if (roles.size < ROLES.length && !(get("DATABASE_URL") && get("NATS_URL")))
    problems.push(
      "ROLES leaves something to other processes, which need DATABASE_URL and NATS_URL to meet. Set both, or leave ROLES out.",
    );

  const signup = get("REYNA_SIGNUP") ?? "invite";
  if (signup !== "invite" && signup !== "open")
    problems.push(`REYNA_SIGNUP must be invite or open, not “${signup}”.`);

  const secret = get("REYNA_SECRET");
  if (secret && secret.length < SECRET_MIN_LENGTH)
    problems.push(`REYNA_SECRET must have at least ${SECRET_MIN_LENGTH} characters.`);

  const logLevel = get("LOG_LEVEL") ?? "info";
  if (!LOG_LEVELS.includes(logLevel))
    problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}.`);

  const proxy = get("REYNA_TRUSTED_PROXY") ?? "no";
  if (!YES.test(proxy) && !NO.test(proxy))
    problems.push(`REYNA_TRUSTED_PROXY must be 1 or 0, not “${proxy}”.`);

  const apiKey = get("OPENAI_API_KEY");
  const baseUrl = url("OPENAI_BASE_URL", ["http:", "https:"]);
  const model = get("OPENAI_MODEL");
  if ((apiKey || baseUrl) && !model)
    problems.push(
      "OPENAI_MODEL is missing: name the model to ask, for example OPENAI_MODEL=gpt-4o-mini or the name your own server uses.",
    );
  if (model && !apiKey && !baseUrl)
    problems.push(
      "OPENAI_MODEL is set without OPENAI_API_KEY or OPENAI_BASE_URL: say where the model is.",
    );

  const fileLimit = Number(get("REYNA_FILE_LIMIT") ?? FILE_LIMIT_BYTES);
  if (!Number.isSafeInteger(fileLimit) || fileLimit < 1)
    problems.push(`REYNA_FILE_LIMIT must be a number of bytes, not “${get("REYNA_FILE_LIMIT")}”.`);

  const endpoint = url("S3_ENDPOINT", ["http:", "https:"]);
  const region = get("S3_REGION");
  const bucket = get("S3_BUCKET");
  const accessKeyId = get("S3_ACCESS_KEY_ID");
  const secretAccessKey = get("S3_SECRET_ACCESS_KEY");
  const hasS3 = [endpoint, region, bucket, accessKeyId, secretAccessKey].some(Boolean);
  if (hasS3 && !(bucket && accessKeyId && secretAccessKey))
    problems.push(
      "S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set all three, or none to keep files in REYNA_DATA.",
    );

  const publicUrl = url("REYNA_PUBLIC_URL", ["http:", "https:"]);
  if (problems.length > 0) throw new BadEnvironment(problems);

  return {
    port,
    host: get("HOST") ?? "127.0.0.1",
    dataFolder: resolve(cwd, get("REYNA_DATA") ?? "./data"),
    databaseUrl,
    natsUrl,
    roles,
    model: model
      ? { baseUrl: baseUrl ?? DEFAULT_BASE_URL, ...(apiKey ? { apiKey } : {}), model }
      : { practice: true },
    secret,
    signup: signup as Env["signup"],
    publicUrl: publicUrl ? new URL(publicUrl) : undefined,
    trustedProxy: YES.test(proxy),
    s3:
      bucket && accessKeyId && secretAccessKey
        ? {
            bucket,
            accessKeyId,
            secretAccessKey,
            ...(endpoint ? { endpoint } : {}),
            ...(region ? { region } : {}),
          }
        : undefined,
    fileLimit,
    logLevel,
  };
}
