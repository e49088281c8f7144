/**
 * Formats are held as ajv-formats holds them; those it does not know are annotations. What a format
 * takes is known here only by a wider pattern and a few samples: enough to refute, and to prove what
 * follows from the pattern; the rest is left undecided.
 */
import { fullFormats } from "ajv-formats/dist/formats.js";

type Known = {
  /** Matches whatever the format takes, and perhaps more. */
  within?: string;
  /** What it takes, short ones first. */
  samples: string[];
};

const HEX = "[0-9a-fA-F]";
const CLOCK = "\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?";
const ZONE = "([zZ]|[+-]\\d\\d(:?\\d\\d)?)";

export const FORMATS: Record<string, Known> = {
  date: { within: "^\\d{4}-\\d\\d-\\d\\d$", samples: ["2000-01-01", "2024-02-29"] },
  time: {
    within: `^${CLOCK}${ZONE}$`,
    samples: ["00:00:00Z", "12:30:00+01:00", "23:59:59.5Z"],
  },
  "date-time": {
    within: `^\\d{4}-\\d\\d-\\d\\d[tT\\s]${CLOCK}${ZONE}$`,
    samples: ["2000-01-01T00:00:00Z", "2024-02-29T12:30:00.5+01:00"],
  },
  "iso-time": { within: `^${CLOCK}${ZONE}?$`, samples: ["00:00:00", "00:00:00Z"] },
  "iso-date-time": {
    within: `^\\d{4}-\\d\\d-\\d\\d[tT\\s]${CLOCK}${ZONE}?$`,
    samples: ["2000-01-01T00:00:00", "2000-01-01T00:00:00Z"],
  },
  duration: { within: "^P[0-9YMDTHSW]+$", samples: ["P1D", "P1W", "PT1H30M"] },
  uri: {
    within: "^[a-zA-Z][a-zA-Z0-9+.-]*:[!-~]*$",
    samples: ["a:/b", "http://a.b", "https://example.com/a?b#c"],
  },
  "uri-reference": { within: "^[!-~]*$", samples: ["", "a", "/a", "http://a.b"] },
  "uri-template": { samples: ["", "a", "{a}", "http://a.b/{c}"] },
  url: { samples: ["http://a.bc", "ftp://a.bc"] },
  email: {
    within: "^[!-?A-~]+@[a-zA-Z0-9-]+(\\.[a-zA-Z0-9-]+)+$",
    samples: ["a@b.cd", "jane.doe@example.com"],
  },
  hostname: { within: "^[a-zA-Z0-9][a-zA-Z0-9.-]{0,253}$", samples: ["a", "a.b", "example.com"] },
  ipv4: { within: "^(\\d{1,3}\\.){3}\\d{1,3}$", samples: ["0.0.0.0", "192.168.0.1"] },
  ipv6: { within: `^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$`, samples: ["::", "::1", "2001:db8::1"] },
  regex: { samples: ["", "a", "[a-z]+"] },
  uuid: {
    within: `^([uU][rR][nN]:[uU][uU][iI][dD]:)?${HEX}{8}-(${HEX}{4}-){3}${HEX}{12}$`,
    samples: ["00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"],
  },
  "json-pointer": { within: "^(/[^]*)?$", samples: ["", "/", "/a"] },
  "json-pointer-uri-fragment": { within: "^#", samples: ["#", "#/a"] },
  "relative-json-pointer": { within: "^[0-9]", samples: ["0", "0#", "1/a"] },
  byte: { samples: ["", "AAAA", "YQ=="] },
};

/** What takes all that another takes. */
const WIDER: Record<string, string> = {
  time: "iso-time",
  "date-time": "iso-date-time",
  uri: "uri-reference",
};

export const takesAllOf = (wider: string, narrower: string): boolean =>
  wider === narrower || WIDER[narrower] === wider;

const table = fullFormats as Record<string, unknown>;

/** Whether strings are held to it. Formats of numbers are bounds, which `keywords` knows. */
export function isAsserted(name: string): boolean {
  return Object.hasOwn(FORMATS, name) && Object.hasOwn(table, name);
}

export function formatHolds(name: string, text: string): boolean {
  const format = table[name];
  if (format instanceof RegExp) return format.test(text);
  if (typeof format === "function") return Boolean(format(text));
  if (typeof format === "object" && format !== null && "validate" in format)
    return Boolean((format.validate as (text: string) => unknown)(text));
  return true;
}
