/** What happened lately, a line each, in a writer's words. */
import { ACTIVITY_ID } from "./ids.ts";
import { type Moment, When } from "./when.tsx";

/** `what` has the name of `where` at the place of `{}`. */
export type DeedView = { when: Moment; what: string; where: string; href: string | null };

export function Activity({ deeds }: { deeds: DeedView[] }) {
  return (
    <section id={ACTIVITY_ID} class="activity" aria-labelledby="activity-title">
      <h2 id="activity-title">Activity</h2>
      {deeds.length === 0 && <p class="hint nothing">What you write shows here.</p>}
      <ol>
        {deeds.map(({ when, what, where, href }) => {
          const [before = "", after = ""] = what.split("{}");
          return (
            <li>
              <span class="at">
                <When {...when} />
              </span>
              <span>
                {before}
                {href ? (
                  <a href={href} dir="auto">
                    {where}
                  </a>
                ) : (
                  <em dir="auto">{where}</em>
                )}
                {after}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
