/**
 * JSON Merge Patch (RFC 7396, section 2): objects are merged member by member, null removes one, anything
 * else replaces what was there. The target stays as it is. Bodies are bounded in nesting (`json.ts`).
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  // By entries: a member called `__proto__` is a member like any other.
  return Object.fromEntries(merged);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);
