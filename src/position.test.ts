import { expect, test } from "bun:test";
import { evenPositions, positionBetween } from "./position.ts";

test("appending keeps order and stays short", () => {
  const positions = [positionBetween(null, null)];
  for (let i = 0; i < 1_000; i++) positions.push(positionBetween(positions.at(-1)!, null));
  expect(positions).toEqual([...positions].sort());
  expect(new Set(positions).size).toBe(positions.length);
  expect(Math.max(...positions.map((p) => p.length))).toBeLessThan(40);
});

test("between any two there is another, wherever one inserts", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const positions: string[] = [];
  for (let i = 0; i < 2_000; i++) {
    const at = random(positions.length + 1);
    positions.splice(at, 0, positionBetween(positions[at - 1] ?? null, positions[at] ?? null));
  }
  expect(positions).toEqual([...positions].sort());
  expect(new Set(positions).size).toBe(positions.length);
  expect(positions.every((p) => !p.endsWith("0"))).toBe(true);
});

test("between equal neighbours it lands right behind them", () => {
  const position = positionBetween("i", "i");
  expect(position > "i" && position < "j").toBe(true);
});

test.each([0, 1, 2, 8, 9, 35, 36, 1_000, 5_000])(
  "%d fresh ones are in order, short and leave room",
  (count) => {
    const positions = evenPositions(count);
    expect(positions).toHaveLength(count);
    expect(positions).toEqual([...new Set(positions)].sort());
    expect(positions.every((p) => /^[0-9a-z]{0,4}[1-9a-z]$/.test(p))).toBe(true);
    for (let i = 1; i < count; i++) {
      const between = positionBetween(positions[i - 1]!, positions[i]!);
      expect(between > positions[i - 1]! && between < positions[i]!).toBe(true);
    }
  },
);
