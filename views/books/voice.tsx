/** How a book is to sound, as far as a model is told of it. */
import type { BucketBookV3 } from "../../src/schemas/types.ts";
import { Area } from "../ui/area.tsx";
import { Field } from "../ui/field.tsx";

/** As the schema of a book has them, in characters. */
const LIMITS = { style: 1_000, pointOfView: 200, tone: 300, voiceSample: 6_000 };

export type VoiceErrors = Partial<
  Record<
    "style" | "tense" | "takeWords" | "pointOfView" | "tone" | "bannedPhrases" | "voiceSample",
    string
  >
>;

type Props = { metadata: BucketBookV3; errors: VoiceErrors; mayWrite: boolean };

export function VoiceFields({ metadata, errors, mayWrite }: Props) {
  return (
    <fieldset disabled={!mayWrite}>
      <legend>Voice</legend>
      <p class="hint">What every take of this book is told. All of it may stay empty.</p>
      <Area
        name="style"
        label="Style"
        value={metadata.style}
        error={errors.style}
        rows={3}
        maxlength={LIMITS.style}
        hint="Short sentences, few adjectives, no similes."
      />
      <div class="field">
        <label for="tense">Tense</label>
        <div class="box">
          <select id="tense" name="tense">
            {TENSES.map(([value, label]) => (
              <option value={value} selected={value === (metadata.tense ?? "")}>
                {label}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Field
        name="takeWords"
        label="Length of a take, in words"
        value={metadata.takeWords === undefined ? undefined : String(metadata.takeWords)}
        error={errors.takeWords}
        hint="About 180 unless you say otherwise; long notes get more."
        inputmode="numeric"
        autocomplete="off"
      />
      <Field
        name="pointOfView"
        label="Point of view"
        value={metadata.pointOfView}
        error={errors.pointOfView}
        maxlength={LIMITS.pointOfView}
        hint="Who tells it, and from how near: close third, Hester."
        autocomplete="off"
      />
      <Field
        name="tone"
        label="Tone"
        value={metadata.tone}
        error={errors.tone}
        maxlength={LIMITS.tone}
        hint="Dry, warm, ironic."
        autocomplete="off"
      />
      <Area
        name="bannedPhrases"
        label="Never to be written"
        value={metadata.bannedPhrases?.join("\n")}
        error={errors.bannedPhrases}
        rows={4}
        hint="A phrase a line."
      />
      <Area
        name="voiceSample"
        label="Voice sample"
        value={metadata.voiceSample}
        error={errors.voiceSample}
        rows={8}
        maxlength={LIMITS.voiceSample}
        hint="A page of your own prose. It goes along where there is room."
      />
    </fieldset>
  );
}

const TENSES = [
  ["", "As the notes have it"],
  ["past", "Past"],
  ["present", "Present"],
] as const;
