import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Logo } from "../ui/logo.tsx";
import { NewAccountFields } from "./new-account.tsx";
import { Configured, Practice, Step } from "./steps.tsx";

export type WelcomeProps = {
  assets: Pick<Assets, "url">;
  version: string;
  /** Whether the setup code printed at start is asked. */
  asksSetupCode: boolean;
  /** What the environment configured; null means the practice model. */
  model: { name: string; baseUrl: string } | null;
  /** What was typed before it was refused; never the password. */
  values?: { name?: string; email?: string; setupCode?: string };
  errors?: { name?: string; email?: string; password?: string; setupCode?: string; form?: string };
};

/** The first run: who you are, then what comes next, on the spine. */
export function Welcome({
  assets,
  version,
  asksSetupCode,
  model,
  values = {},
  errors = {},
}: WelcomeProps) {
  return (
    <Layout assets={assets} title="Welcome to ReYNa Studio" page="welcome">
      <header>
        <p class="logo">
          <Logo />
        </p>
        <h1>
          A quiet room <br />
          for a long book
        </h1>
        <p class="lead">
          This studio is yours and runs on your machine. Three things, then a blank page. The second
          can wait, or never happen.
        </p>
      </header>
      <main id="main">
        <ol class="steps">
          <Step mark="expanding" gloss="now" title="You">
            <p>The only account; you can invite others later.</p>
            <form method="post" action="/welcome">
              {errors.form && (
                <p class="refused" role="alert">
                  {errors.form}
                </p>
              )}
              <NewAccountFields values={values} errors={errors} autofocus />
              {asksSetupCode && (
                <Field
                  name="setupCode"
                  label="Setup code"
                  value={values.setupCode}
                  error={errors.setupCode}
                  hint="The studio printed it when it started."
                  autocomplete="off"
                  required
                />
              )}
              <Button type="submit" look="primary" large>
                Come in
              </Button>
            </form>
          </Step>
          <Step
            mark={model ? "done" : "to-write"}
            gloss={model ? "done" : "later"}
            title="A model, if you want one"
          >
            {model ? <Configured {...model} /> : <Practice />}
          </Step>
          <Step mark="to-write" gloss="next" title="Your first book">
            <p>Start blank, or import a DOCX or Markdown file and preview the chapters first.</p>
          </Step>
        </ol>
      </main>
      <footer>Version {version}. Data in one folder.</footer>
    </Layout>
  );
}
