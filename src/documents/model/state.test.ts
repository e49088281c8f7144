import { expect, test } from "bun:test";
import * as Y from "yjs";
import { newDocument } from "./document.ts";
import { stateOf } from "./state.ts";

test("the state tells replicas apart by what they have and by what was removed, and by nothing else", () => {
  const [one, other] = [newDocument(), newDocument()];
  const give = (from: Y.Doc, to: Y.Doc) =>
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
  one.getText("a").insert(0, "fog");
  other.getText("b").insert(0, "lamp");
  expect(stateOf(one)).not.toBe(stateOf(other));
  give(one, other);
  give(other, one);
  expect(stateOf(one)).toBe(stateOf(other));

  one.getText("a").delete(1, 1);
  expect(stateOf(one)).not.toBe(stateOf(other));
  const copy = newDocument();
  // In another order, and twice.
  give(one, copy);
  give(other, copy);
  give(one, copy);
  expect(stateOf(copy)).toBe(stateOf(one));
});
