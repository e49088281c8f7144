/** The settings of a build. It works without a script; with one, chapters move without a journey to the server. */
import type { Child } from "hono/jsx";
import type { Assets } from "../../src/assets.ts";
import type { SettingErrors } from "../../src/builds/settings.ts";
import type { CompileSettingsV1 } from "../../src/schemas/types.ts";
import { Layout } from "../layout.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Area } from "../ui/area.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Masthead } from "../ui/masthead.tsx";
import { buildPath, buildsPath, FORMAT_HINTS, FORMAT_NAMES, FORMATS } from "./ids.ts";

export type BuildPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  book: { id: string; title: string; author: string; language: string };
  build: { id: string; name: string; revision: number };
  /** As they stand, or as they were typed and refused. */
  settings: CompileSettingsV1;
  /** In the build's order, taken in or not. */
  chapters: { id: string; name: string; words: string; isIn: boolean }[];
  /** The name of the cover's file. */
  cover: string | null;
  mayWrite: boolean;
  isSaved: boolean;
  errors: SettingErrors;
};

export function BuildPage(props: BuildPageProps) {
  const { assets, account, book, build, mayWrite, isSaved, errors } = props;
  const path = buildPath(book.id, build.id);
  return (
    <Layout
      assets={assets}
      title={`${build.name}, export of ${book.title}`}
      account={account.id}
      page="builds"
    >
      <Masthead account={account} current="books">
        <a href={`/?book=${book.id}`}>{book.title}</a> <span aria-hidden="true">/</span>{" "}
        <a href={buildsPath(book.id)}>Export</a> <span aria-hidden="true">/</span>{" "}
        <strong>{build.name}</strong>
      </Masthead>
      <main id="main" class="build-settings" data-reads-only={mayWrite ? undefined : true}>
        <p class="back">
          <a href={buildsPath(book.id)}>All builds</a>
        </p>
        <h1>{build.name}</h1>
        {isSaved && (
          <p class="saved" role="status">
            Saved.
          </p>
        )}
        {errors.form && (
          <p class="refused" role="alert">
            {errors.form}
          </p>
        )}
        <form method="post" action={path} id="build-settings">
          <input type="hidden" name="revision" value={String(build.revision)} />
          {/* Enter in a field saves, whatever button comes first. */}
          <button type="submit" class="unseen" tabindex={-1}>
            Save
          </button>
          <fieldset disabled={!mayWrite}>
            <Basics {...props} />
            <Chapters {...props} />
            <Matter {...props} />
            <Looks {...props} />
            <p class="deeds writes">
              <Button type="submit" look="primary" large>
                Save
              </Button>
              <Button type="submit" name="then" value="compile" look="outlined" large>
                Save and compile
              </Button>
            </p>
          </fieldset>
        </form>
        <CoverForm {...props} path={path} />
      </main>
    </Layout>
  );
}

function Basics({ settings, errors }: BuildPageProps) {
  return (
    <Group title="What it makes">
      <Field
        name="name"
        label="Name of the build"
        value={settings.name}
        error={errors.name}
        maxlength={120}
        autocomplete="off"
        required
      />
      <fieldset class="formats" aria-describedby={errors.formats ? "formats-note" : undefined}>
        <legend>Formats</legend>
        {FORMATS.map((format) => (
          <label>
            <input
              type="checkbox"
              name={`format.${format}`}
              value="on"
              checked={settings.formats.includes(format)}
            />
            <span>{FORMAT_NAMES[format]}</span> <span class="hint">{FORMAT_HINTS[format]}</span>
          </label>
        ))}
        {errors.formats && (
          <p class="refused" id="formats-note">
            {errors.formats}
          </p>
        )}
      </fieldset>
    </Group>
  );
}

/** The fields go to the server in the order of the rows: that is the order of the chapters. */
function Chapters({ chapters, errors }: BuildPageProps) {
  return (
    <Group title="Chapters">
      {errors.leftOut && <p class="refused">{errors.leftOut}</p>}
      {chapters.length === 0 && <p class="hint">The book has no chapter yet.</p>}
      <ol class="chapters" data-orders>
        {chapters.map(({ id, name, words, isIn }) => (
          <li>
            <input type="hidden" name={`row.${id}`} value="" />
            <label>
              <input type="checkbox" name={`in.${id}`} value="on" checked={isIn} />
              <span>{name || "Untitled"}</span>
            </label>
            <span class="size">{words}</span>
            <span class="moves writes">
              <Button type="submit" name="move" value={`up ${id}`} aria-label={`Move ${name} up`}>
                ↑
              </Button>
              <Button
                type="submit"
                name="move"
                value={`down ${id}`}
                aria-label={`Move ${name} down`}
              >
                ↓
              </Button>
            </span>
          </li>
        ))}
      </ol>
      {chapters.length > 1 && (
        <p class="writes">
          <Button type="submit" name="move" value="book">
            As in the book
          </Button>
        </p>
      )}
    </Group>
  );
}

function Matter({ book, settings, errors }: BuildPageProps) {
  return (
    <>
      <Group title="The book">
        <Field
          name="title"
          label="Title"
          value={settings.title}
          placeholder={book.title}
          hint="Empty: the book's own."
          error={errors.title}
          maxlength={300}
        />
        <Field
          name="subtitle"
          label="Subtitle"
          value={settings.subtitle}
          error={errors.subtitle}
          maxlength={300}
        />
        <Field
          name="author"
          label="Author"
          value={settings.author}
          placeholder={book.author}
          hint="Empty: the book's own."
          error={errors.author}
          maxlength={200}
        />
        <Field
          name="language"
          label="Language"
          value={settings.language}
          placeholder={book.language || "en"}
          hint="A tag such as en-GB or he. Empty: the book's own."
          error={errors.language}
          maxlength={35}
          autocomplete="off"
        />
      </Group>
      <Group title="Before and after the chapters">
        <Tick name="titlePage" label="A title page" isOn={settings.titlePage !== false} />
        <Tick name="contents" label="Contents in the PDF" isOn={settings.contents === true} />
        <Area
          name="copyright"
          label="Copyright"
          value={settings.copyright}
          rows={3}
          maxlength={4_000}
        />
        <Area
          name="dedication"
          label="Dedication"
          value={settings.dedication}
          rows={2}
          maxlength={1_000}
        />
        <Area
          name="epigraph"
          label="Epigraph"
          value={settings.epigraph}
          rows={3}
          maxlength={2_000}
        />
        <Area
          name="acknowledgements"
          label="Acknowledgements"
          value={settings.acknowledgements}
          rows={3}
          maxlength={20_000}
        />
        <Area
          name="about"
          label="About the author"
          value={settings.about}
          rows={3}
          maxlength={8_000}
        />
      </Group>
    </>
  );
}

const TRIMS = [
  ["5x8", "5 × 8 in"],
  ["5.25x8", "5.25 × 8 in"],
  ["5.5x8.5", "5.5 × 8.5 in"],
  ["6x9", "6 × 9 in"],
  ["a5", "A5"],
  ["a4", "A4"],
  ["letter", "US Letter"],
] as const;
const NUMBERS = [
  ["none", "Nothing"],
  ["number", "1"],
  ["chapter", "Chapter 1"],
] as const;
const BREAKS = [
  ["asterisks", "* * *"],
  ["hash", "#"],
  ["line", "A line"],
  ["space", "Space"],
] as const;
const DOCX = [
  ["manuscript", "Standard manuscript format"],
  ["plain", "Plain"],
] as const;

function Looks({ settings, errors }: BuildPageProps) {
  return (
    <Group title="How it looks">
      <Choice
        name="trim"
        label="Page of the PDF"
        value={settings.trim ?? "5.5x8.5"}
        choices={TRIMS}
      />
      <Choice
        name="numbers"
        label="Above a chapter's title"
        value={settings.numbers ?? "none"}
        choices={NUMBERS}
      />
      <Choice
        name="sceneBreak"
        label="Scene break"
        value={settings.sceneBreak ?? "asterisks"}
        choices={BREAKS}
      />
      <Choice name="docx" label="DOCX" value={settings.docx ?? "manuscript"} choices={DOCX} />
      <Area
        name="contact"
        label="Contact, for the first page of a manuscript"
        value={settings.contact}
        rows={3}
        maxlength={1_000}
      />
      <Field
        name="coverAlt"
        label="What the cover shows"
        value={settings.coverAlt}
        hint="For readers who do not see it."
        error={errors.coverAlt}
        maxlength={500}
      />
    </Group>
  );
}

/** A form of its own: a file goes up by itself. */
function CoverForm({ cover, errors, mayWrite, path }: BuildPageProps & { path: string }) {
  return (
    <section class="group" aria-labelledby="cover-title">
      <h2 id="cover-title">Cover</h2>
      <p class="hint">
        {cover ? `The cover is ${cover}.` : "A cover is drawn from the title, unless you have one."}
      </p>
      {errors.cover && (
        <p class="refused" role="alert">
          {errors.cover}
        </p>
      )}
      {mayWrite && (
        <form method="post" action={`${path}/cover`} enctype="multipart/form-data">
          <label for="cover-file">A PNG or JPEG, at most 10,000 pixels on either side</label>
          <input id="cover-file" name="file" type="file" accept="image/png,image/jpeg" required />
          <Button type="submit" look="outlined">
            Take this cover
          </Button>
        </form>
      )}
      {mayWrite && cover && (
        <form method="post" action={`${path}/cover/removal`}>
          <Button type="submit">Draw it from the title</Button>
        </form>
      )}
    </section>
  );
}

function Group({ title, children }: { title: string; children: Child }) {
  const id = `group-${title.toLowerCase().replaceAll(/\W+/g, "-")}`;
  return (
    <section class="group" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function Tick({ name, label, isOn }: { name: string; label: string; isOn: boolean }) {
  return (
    <label class="tick">
      <input type="checkbox" name={name} value="on" checked={isOn} />
      <span>{label}</span>
    </label>
  );
}

type ChoiceProps = {
  name: string;
  label: string;
  value: string;
  choices: readonly (readonly [value: string, label: string])[];
};

function Choice({ name, label, value, choices }: ChoiceProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="box">
        <select id={name} name={name}>
          {choices.map(([one, said]) => (
            <option value={one} selected={one === value}>
              {said}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
