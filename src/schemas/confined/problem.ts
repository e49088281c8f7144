import { Problem } from "../../problem.ts";
import { Busy } from "./confined.ts";

/** @throws 503 when too many wait */
export async function answerOf<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Busy)) throw error;
    throw new Problem(503, "busy", "Too many schemas are being read or compared", {
      detail: "Nothing was changed; try again.",
      headers: { "retry-after": "1" },
    });
  }
}
