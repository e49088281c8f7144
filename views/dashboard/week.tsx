/** Seven days of words: typed solid, from takes hatched. The figures stand beside it in words. */
import { Button } from "../ui/button.tsx";
import { WEEK_ID } from "./ids.ts";

export type WeekView = {
  /** Words of a day; null: none was set. */
  goal: number | null;
  /** The last is today. */
  days: { name: string; typed: number; accepted: number }[];
};

/** In px of the drawing. */
const WIDTH = 244;
const HEIGHT = 92;
const BAR = 22;
/** What the tallest bar stands for at the least, in words: one short line on a quiet day is no tower. */
const LEAST_TOP = 500;

export function Week({ week: { days, goal } }: { week: WeekView }) {
  const sum = (of: "typed" | "accepted") => days.reduce((total, day) => total + day[of], 0);
  const top = Math.max(
    LEAST_TOP,
    (goal ?? 0) * 1.1,
    ...days.map(({ typed, accepted }) => typed + accepted),
  );
  const step = (WIDTH - BAR) / (days.length - 1);
  return (
    <section id={WEEK_ID} class="week" aria-labelledby="week-title">
      <h2 id="week-title">This week</h2>
      <p class="hint">
        {figure(sum("typed"))} typed, {figure(sum("accepted"))} accepted from takes
      </p>
      <svg viewBox={`0 0 ${WIDTH + 40} ${HEIGHT + 22}`} aria-hidden="true">
        <defs>
          <pattern id="taken" width="4" height="4" patternUnits="userSpaceOnUse">
            <path d="M1 0v4" class="hatch" />
          </pattern>
        </defs>
        {days.map(({ name, typed, accepted }, at) => {
          const [tall, more] = [typed, accepted].map((words) => (words / top) * HEIGHT);
          const x = at * step;
          return (
            <g class={at === days.length - 1 ? "day now" : "day"}>
              <rect
                class="typed"
                x={String(x)}
                y={String(HEIGHT - Math.max(tall!, 1))}
                width={String(BAR)}
                height={String(Math.max(tall!, 1))}
              />
              <rect
                x={String(x)}
                y={String(HEIGHT - tall! - more!)}
                width={String(BAR)}
                height={String(more)}
                fill="url(#taken)"
              />
              <text x={String(x + BAR / 2)} y={String(HEIGHT + 17)} text-anchor="middle">
                {name.charAt(0)}
              </text>
            </g>
          );
        })}
        {goal !== null && <GoalLine goal={goal} y={HEIGHT - (goal / top) * HEIGHT} />}
      </svg>
      <ul class="unseen">
        {days.map(({ name, typed, accepted }) => (
          <li>
            {name}: {figure(typed)} typed, {figure(accepted)} from takes
          </li>
        ))}
      </ul>
      <details class="goal" hx-morph-skip>
        <summary>{goal === null ? "Set a goal for a day" : "Change the goal"}</summary>
        <form method="post" action="/dashboard/goal">
          <label for="goal-words">Words a day</label>
          <input
            id="goal-words"
            name="words"
            value={goal === null ? "" : String(goal)}
            inputmode="numeric"
            pattern="[0-9 .,]*"
            autocomplete="off"
          />
          <Button type="submit" look="outlined">
            Set
          </Button>
        </form>
      </details>
    </section>
  );
}

function GoalLine({ goal, y }: { goal: number; y: number }) {
  return (
    <>
      <path class="goal-line" d={`M0 ${y}H${WIDTH}`} />
      <text x={String(WIDTH + 8)} y={String(y + 4)}>
        {figure(goal)}
      </text>
    </>
  );
}

const figure = (count: number) => count.toLocaleString("en");
