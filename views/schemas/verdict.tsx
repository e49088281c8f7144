/** What the comparison comes to: accepted, or refused with the smallest document that shows why, and two ways on. */
import type { Compared, Refusal } from "../../src/schemas/page-comparison.ts";
import type { Sample } from "../../src/schemas/page-sample.ts";
import { Button } from "../ui/button.tsx";
import { DRAFT_FIELD_ID, DRAFT_ID, VERDICT_ID } from "./ids.ts";
import { documentsIn, figure, LEVEL_WORDS } from "./schema-view.ts";

type Props = { compared: Compared; isSteward: boolean; isRegistered: boolean };

export function Verdict({ compared, isSteward, isRegistered }: Props) {
  const { refusal, after, isDraft } = compared;
  const next = `v${after.version}`;
  return (
    <section
      class="verdict"
      id={VERDICT_ID}
      aria-labelledby="verdict-title"
      data-refused={refusal ? true : undefined}
      tabindex={-1}
    >
      {refusal ? (
        <Refused compared={compared} refusal={refusal} />
      ) : (
        <Accepted compared={compared} />
      )}
      {isDraft && (
        <div class="ways">
          {refusal || !isSteward ? (
            <Button look="primary" aria-disabled="true" aria-describedby="ways-hint">
              Register {next}
            </Button>
          ) : (
            <Button type="submit" look="primary" form={DRAFT_ID} name="deed" value="register">
              Register {next}
            </Button>
          )}
          <a class="button outlined" href={`#${DRAFT_FIELD_ID}`}>
            Change the draft
          </a>
        </div>
      )}
      {isDraft && (
        <p class="hint" id="ways-hint">
          {wayOn(compared, isSteward, isRegistered)}
        </p>
      )}
    </section>
  );
}

function Accepted({ compared }: { compared: Compared }) {
  const { level, before, after } = compared;
  return (
    <>
      <p class="stands" data-mark="fine">
        <span aria-hidden="true">✓</span> {level === "NONE" ? "Nothing is owed" : "Compatible"}
      </p>
      <h3 id="verdict-title">{acceptance(compared)}</h3>
      <p class="reach">
        {level === "NONE"
          ? "The level of this schema asks nothing of new versions. What changes stands at the left."
          : `Proved for every document there could be, not only for those that are here. ${LEVEL_WORDS[level]}.`}
      </p>
      {before.version > after.version && <p class="hint">This looks back in time.</p>}
    </>
  );
}

function acceptance({ level, before, after, against }: Compared): string {
  const [old, next] = [
    against === "all" ? "every older version" : `v${before.version}`,
    `v${after.version}`,
  ];
  if (level === "NONE") return `${next} may differ from ${old} in anything.`;
  if (level.startsWith("BACKWARD")) return `${next} accepts every document that ${old} does.`;
  if (level.startsWith("FORWARD")) return `${old} accepts every document that ${next} does.`;
  return `${next} and ${old} accept the same documents.`;
}

function Refused({ compared, refusal }: { compared: Compared; refusal: Refusal }) {
  const { taker, refuser, rules, undecided, sample, messages } = refusal;
  const isAll = undecided === rules;
  const would = compared.isDraft ? "would not accept" : "does not accept";
  return (
    <>
      <p class="stands" data-mark="refused">
        <span aria-hidden="true">✕</span> Refused
      </p>
      <h3 id="verdict-title">
        {isAll
          ? `Whether v${refuser} accepts what v${taker} does could not be decided.`
          : `v${refuser} ${would} a document that v${taker} does.`}
      </h3>
      <p class="reach">{reachOf(refusal)}</p>
      {sample && <SampleDocument sample={sample} />}
      {sample ? (
        <dl class="faults">
          {sample.faults.map(({ pointer, message }) => (
            <div>
              <dt>
                <code>{pointer || "the document"}</code>
              </dt>
              <dd>
                {message}
                <span class="unseen">, says v{refuser}</span>
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <ul class="messages">
          {messages.slice(0, MOST_MESSAGES).map((message) => (
            <li>{message}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Sentences of the checker that are shown where no document speaks for them. */
const MOST_MESSAGES = 8;

function reachOf({ taker, refuser, rules, undecided, sample }: Refusal): string {
  if (undecided === rules) return "It is refused to be safe.";
  const fails = sample?.faults.length ?? rules;
  const count = fails === 1 ? "one rule" : `${numberWord(fails)} rules`;
  if (!sample) return `It breaks ${count} of v${refuser}.`;
  return `The smallest one found. It is valid under v${taker} and fails ${count} of v${refuser}.`;
}

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const numberWord = (count: number) => NUMBERS[count] ?? figure(count);

function SampleDocument({ sample: { lines, isLong } }: { sample: Sample }) {
  return (
    // What scrolls is reached by the keyboard.
    <section class="sample" tabindex={0} aria-label="The document">
      <pre>
        {lines.map(({ indent, lead, fault, tail }) => (
          <>
            {"  ".repeat(indent)}
            {lead}
            {fault && <em class="fault">{fault}</em>}
            {tail}
            {"\n"}
          </>
        ))}
        {isLong && "…"}
      </pre>
    </section>
  );
}

function wayOn(
  { refusal, counted, after, level }: Compared,
  isSteward: boolean,
  isRegistered: boolean,
): string {
  if (isRegistered) return "These words are a version already.";
  if (!isSteward) return "Its owner and administrators may register versions.";
  if (!refusal) return `Nothing is kept before you register it. ${LEVEL_WORDS[level]}.`;
  const many =
    counted && counted.refused > 0
      ? ` ${documentsIn(counted.refused)} that you may read would be refused.`
      : "";
  return `Loosen what keeps v${after.version} from it, or set a level that owes less.${many}`;
}
