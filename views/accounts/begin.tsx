/** The first run goes on: who you are is done, a model may wait, and the first book is a press away. */
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Logo } from "../ui/logo.tsx";
import { Configured, Practice, Step } from "./steps.tsx";

export type BeginProps = {
  assets: Pick<Assets, "url">;
  version: string;
  account: Account;
  /** Nobody else has one yet. */
  isOnly: boolean;
  /** What is asked for this account; null means the practice model. */
  model: { name: string; baseUrl: string } | null;
  /** Where the first book begins. */
  chapter: string;
};

export function Begin({ assets, version, account, isOnly, model, chapter }: BeginProps) {
  return (
    <Layout assets={assets} title="Welcome to ReYNa Studio" account={account.id} page="welcome">
      <header>
        <p class="logo">
          <Logo />
        </p>
        <h1>
          A quiet room <br />
          for a long book
        </h1>
        <p class="lead">
          You are in. What is left is the first page; the model can wait, or never happen.
        </p>
      </header>
      <main id="main">
        <ol class="steps">
          <Step mark="done" gloss="done" title="You">
            <p>
              {account.name}, {account.email}.{" "}
              {isOnly && "The only account; you can invite others later."}
            </p>
          </Step>
          <Step
            mark={model ? "done" : "to-write"}
            gloss={model ? "done" : "later"}
            title="A model, if you want one"
          >
            {model ? <Configured {...model} /> : <Practice />}
            <Connect hasOne={model !== null} />
          </Step>
          <Step mark="expanding" gloss="now" title="Your first book">
            <p>Start blank, or import a DOCX or Markdown file and preview the chapters first.</p>
            <div class="ways">
              <a class="button primary large" href={`/chapters/${chapter}`}>
                Start writing
              </a>
              <a class="button outlined large" href="/imports/new">
                Import a manuscript
              </a>
              <form method="post" action="/books">
                <input type="hidden" name="from" value="sample" />
                <Button type="submit" large>
                  Look at the sample
                </Button>
              </form>
            </div>
          </Step>
        </ol>
      </main>
      <footer>Version {version}. Data in one folder.</footer>
    </Layout>
  );
}

/** The same form as on the Settings page, without what can wait: prices, a budget. */
function Connect({ hasOne }: { hasOne: boolean }) {
  return (
    <details class="connect">
      <summary>{hasOne ? "Use another model" : "Connect a model"}</summary>
      <form method="post" action="/settings/model/account">
        <input type="hidden" name="next" value="/begin" />
        <Field
          name="baseUrl"
          label="Address"
          placeholder="https://…/v1"
          hint="Used exactly as typed."
          autocomplete="off"
          inputmode="url"
          required
        />
        <Field name="model" label="Model" autocomplete="off" required />
        <Field
          name="apiKey"
          label="Key"
          type="password"
          hint="If it asks for one."
          autocomplete="off"
        />
        <Button type="submit" look="outlined" large>
          Use this model
        </Button>
      </form>
    </details>
  );
}
