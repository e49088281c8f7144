/**
 * The text of one run as its pieces come in over the socket: repeated, late, out of order, or missing.
 *
 * A piece says where it starts (`at`, in UTF-16 units from the start of its attempt). What lies before `at` is
 * kept and the rest replaced; a lower attempt is dropped, a higher one starts from nothing. A piece beyond
 * the end leaves a gap: it waits until the server's own copy (`GET /api/runs/:id`) or an earlier piece fills it.
 */
export type Delta = { attempt: number; at: number; text: string };

export type Stream = { attempt: number; text: string; waiting: readonly Delta[] };

export const NOTHING: Stream = { attempt: 0, text: "", waiting: [] };

export function receive(stream: Stream, delta: Delta): Stream {
  if (delta.attempt < stream.attempt) return stream;
  const { attempt, text, waiting } =
    delta.attempt > stream.attempt ? { ...NOTHING, attempt: delta.attempt } : stream;
  if (delta.at > text.length) return { attempt, text, waiting: [...waiting, delta] };
  return settled({ attempt, text: text.slice(0, delta.at) + delta.text, waiting });
}

/** Takes in what the server knows of the run, which may be less than what has come already. */
export function catchUp(stream: Stream, known: { attempt: number; partial: string }): Stream {
  if (known.attempt < stream.attempt) return stream;
  if (known.attempt > stream.attempt) {
    return settled({ attempt: known.attempt, text: known.partial, waiting: stream.waiting });
  }
  const text = known.partial.length > stream.text.length ? known.partial : stream.text;
  return settled({ ...stream, text });
}

export function hasGap(stream: Stream): boolean {
  return stream.waiting.length > 0;
}

/** Appends the pieces that waited and now fit; what is covered already, or of another attempt, goes. */
function settled({ attempt, text, waiting }: Stream): Stream {
  const still: Delta[] = [];
  for (const delta of [...waiting].sort((a, b) => a.at - b.at)) {
    if (delta.attempt !== attempt || delta.at + delta.text.length <= text.length) continue;
    if (delta.at <= text.length) text = text.slice(0, delta.at) + delta.text;
    else still.push(delta);
  }
  return { attempt, text, waiting: still };
}
