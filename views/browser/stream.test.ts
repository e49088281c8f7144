import { describe, expect, test } from "bun:test";
import { catchUp, type Delta, hasGap, NOTHING, receive, type Stream } from "./stream.ts";

const piece = (at: number, text: string, attempt = 1): Delta => ({ attempt, at, text });
const after = (...deltas: Delta[]): Stream => deltas.reduce(receive, NOTHING);

describe("a stream", () => {
  test("grows by its pieces in order", () => {
    expect(after(piece(0, "The lamp "), piece(9, "was ")).text).toBe("The lamp was ");
  });

  test("does not change when a piece comes twice", () => {
    expect(after(piece(0, "The "), piece(4, "lamp"), piece(4, "lamp")).text).toBe("The lamp");
  });

  test("keeps what lies before a piece and replaces the rest", () => {
    expect(after(piece(0, "The lamp was"), piece(4, "oil")).text).toBe("The oil");
  });

  test("drops a lower attempt", () => {
    const stream = after(piece(0, "second", 2));
    expect(receive(stream, piece(6, " first", 1))).toBe(stream);
  });

  test("starts from nothing at a higher attempt", () => {
    expect(after(piece(0, "first try"), piece(0, "Again", 2))).toMatchObject({
      attempt: 2,
      text: "Again",
    });
  });

  test("counts UTF-16 units, so a wide character is two", () => {
    expect(after(piece(0, "𝄞"), piece(2, "!")).text).toBe("𝄞!");
  });

  test("shows nothing beyond a gap", () => {
    const stream = after(piece(0, "The "), piece(9, "was"));
    expect(stream.text).toBe("The ");
    expect(hasGap(stream)).toBe(true);
  });

  test("goes on when the missing piece comes late", () => {
    const stream = after(piece(0, "The "), piece(9, "was"), piece(4, "lamp "));
    expect(stream).toEqual({ attempt: 1, text: "The lamp was", waiting: [] });
  });

  test("goes on from the server's copy after a gap", () => {
    const stream = catchUp(after(piece(9, "was lit")), { attempt: 1, partial: "The lamp wa" });
    expect(stream).toEqual({ attempt: 1, text: "The lamp was lit", waiting: [] });
  });

  test("stays in a gap that the server's copy does not reach", () => {
    const stream = catchUp(after(piece(9, "was")), { attempt: 1, partial: "The " });
    expect(stream.text).toBe("The ");
    expect(hasGap(stream)).toBe(true);
  });

  test("is not shortened by a copy that is behind", () => {
    expect(catchUp(after(piece(0, "The lamp")), { attempt: 1, partial: "The" }).text).toBe(
      "The lamp",
    );
  });

  test("forgets the waiting pieces of an attempt that is over", () => {
    const stream = catchUp(after(piece(9, "was")), { attempt: 2, partial: "" });
    expect(stream).toEqual({ attempt: 2, text: "", waiting: [] });
  });

  test("a late joiner's whole text covers what waited", () => {
    const stream = after(piece(4, "lamp"), piece(0, "The lamp was"));
    expect(stream).toEqual({ attempt: 1, text: "The lamp was", waiting: [] });
  });
});
