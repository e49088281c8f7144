/**
 * The place in the event log, `since=<epoch>:<offset>`, inside the socket's own address: that address is what the
 * socket opens again with after it was lost.
 */
export type Placed = { type: string; epoch?: string; offset?: number; recovered?: boolean };

/**
 * The address after a frame. A welcome that promises the missed events (`recovered`) does not move it, since they
 * are still to come; nor does a frame that was delivered before.
 */
export function moved(url: string, frame: Placed): string {
  if (typeof frame.offset !== "number") return url;
  if (frame.type === "welcome" && frame.recovered) return url;
  const address = new URL(url);
  const [epoch, offset] = (address.searchParams.get("since") ?? "").split(":");
  const now = frame.epoch ?? epoch;
  if (!now || (now === epoch && frame.offset <= Number(offset))) return url;
  address.searchParams.set("since", `${now}:${frame.offset}`);
  return address.href;
}
