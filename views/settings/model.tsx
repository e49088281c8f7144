/** Settings: the model. A page that needs no script; only trying a connection does. */
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Masthead } from "../ui/masthead.tsx";

type Owner = "installation" | "account";

type Shown = {
  baseUrl: string;
  model: string;
  hasKey: boolean;
  /** US dollars for a million tokens. */
  inputPrice: string;
  outputPrice: string;
  /** US dollars. */
  monthlyLimit: string;
};

export type ModelPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  own: Shown;
  /** Absent for who is no administrator. */
  installation?: Shown | undefined;
  /** What is asked for this account now. */
  now: {
    /** Null: the practice model. */
    model: { name: string; baseUrl: string } | null;
    budgets: { of: Owner; spent: string; limit: string; isFull: boolean }[];
  };
  months: { month: string; isNow: boolean; attempts: number; tokens: number; cost: string }[];
  saved?: Owner | undefined;
  /** What was refused, and what was typed then; never the key. */
  errors?: ({ owner: Owner } & Partial<Record<keyof Shown | "apiKey", string>>) | undefined;
  values?: ({ owner: Owner } & Partial<Record<string, string>>) | undefined;
};

export function ModelPage(props: ModelPageProps) {
  const { assets, account, own, installation, now, months, saved } = props;
  return (
    <Layout assets={assets} title="Model, settings" account={account.id} page="settings">
      <Masthead account={account} current="settings">
        <strong>Model</strong>
      </Masthead>
      <main id="main">
        <h1>The model</h1>
        <Now {...now} />
        <Form
          owner="account"
          title="Yours"
          lead="Used for what you ask, wherever you write. Leave the address empty to use the studio’s."
          shown={own}
          page={props}
          isSaved={saved === "account"}
        />
        {installation && (
          <Form
            owner="installation"
            title="The studio’s"
            lead="Used for everybody who has none of their own. Without it, what the environment says; without that, the practice model."
            shown={installation}
            page={props}
            isSaved={saved === "installation"}
          />
        )}
        <Use months={months} />
      </main>
    </Layout>
  );
}

function Now({ model, budgets }: ModelPageProps["now"]) {
  return (
    <div class="now">
      {model ? (
        <p>
          Expanding asks <strong>{model.name}</strong> at <code>{model.baseUrl}</code>. Nothing is
          sent until you ask for something.
        </p>
      ) : (
        <p>
          The practice model answers: a set of rules, not a mind. It needs no key and no network,
          and its text always says that it wrote it.
        </p>
      )}
      {budgets.map(({ of, spent, limit, isFull }) => (
        <p class={isFull ? "full" : undefined}>
          {of === "account" ? "Your budget" : "The studio’s budget"} this month: {spent} of {limit}
          {isFull && ". It is used up; nothing new is asked until it is raised or the month ends"}.
        </p>
      ))}
    </div>
  );
}

type FormProps = {
  owner: Owner;
  title: string;
  lead: string;
  shown: Shown;
  page: ModelPageProps;
  isSaved: boolean;
};

const trialId = (owner: Owner) => `trial-${owner}`;

function Form({ owner, title, lead, shown, page, isSaved }: FormProps) {
  const errors = page.errors?.owner === owner ? page.errors : undefined;
  const typed = page.values?.owner === owner ? page.values : undefined;
  const field = (name: keyof Shown | "apiKey") => ({
    name,
    id: `${owner}-${name}`,
    value: typed?.[name] ?? (name === "apiKey" ? "" : String(shown[name])),
    error: errors?.[name],
    autocomplete: "off" as const,
  });
  return (
    <form method="post" action={`/settings/model/${owner}`} id={owner}>
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
      {isSaved && (
        <p class="saved" role="status">
          Saved.
        </p>
      )}
      <Field
        {...field("baseUrl")}
        label="Address"
        hint="Any OpenAI-compatible one, exactly as its provider writes it: https://api.openai.com/v1, or http://localhost:11434/v1 for Ollama."
        inputmode="url"
        maxlength={2_000}
      />
      <Field {...field("model")} label="Model" hint="Its name there." maxlength={200} />
      <Field
        {...field("apiKey")}
        label="Key"
        type="password"
        hint={
          shown.hasKey
            ? "One is kept, sealed, and never shown again. Leave this empty to keep it."
            : "Kept sealed, and never sent to a browser. Models at home often need none."
        }
        autocomplete="new-password"
        maxlength={2_000}
      />
      {shown.hasKey && (
        <label class="choice">
          <input type="checkbox" name="forgetKey" />
          Forget the key
        </label>
      )}
      <div class="pair">
        <Field
          {...field("inputPrice")}
          label="Price of a million tokens sent"
          hint="US dollars."
          inputmode="decimal"
        />
        <Field
          {...field("outputPrice")}
          label="Price of a million tokens written"
          hint="US dollars."
          inputmode="decimal"
        />
      </div>
      <Field
        {...field("monthlyLimit")}
        label={owner === "account" ? "Your budget in a month" : "Everybody’s budget in a month"}
        hint="US dollars, counted by these prices. Nothing new is asked once it is used up."
        inputmode="decimal"
      />
      <p class="deeds">
        <Button type="submit" look="primary" large>
          Save
        </Button>
        <Button
          look="outlined"
          large
          hx-post={`/settings/model/${owner}/test`}
          hx-include={`#${owner}`}
          hx-target={`#${trialId(owner)}`}
          hx-swap="outerHTML"
          hx-sync="this:drop"
        >
          Test connection
        </Button>
      </p>
      <p id={trialId(owner)} role="status" />
    </form>
  );
}

export type TestedProps = {
  owner: Owner;
  result: { ok: true; model: string; ms: number } | { ok: false; sentence: string };
};

/** What came of trying a connection. */
export function Tested({ owner, result }: TestedProps) {
  return result.ok ? (
    <p id={trialId(owner)} role="status" class="fine">
      {result.model} answered in {(result.ms / 1_000).toFixed(1)} s. Save to use it.
    </p>
  ) : (
    <p id={trialId(owner)} role="status" class="refused">
      {result.sentence}
    </p>
  );
}

const figures = new Intl.NumberFormat("en");
const months = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

function Use({ months: rows }: Pick<ModelPageProps, "months">) {
  return (
    <section aria-labelledby="use">
      <h2 id="use">What you used</h2>
      {rows.length === 0 ? (
        <p class="lead">Nothing yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Month</th>
              <th scope="col">Asked</th>
              <th scope="col">Tokens</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ month, isNow, attempts, tokens, cost }) => (
              <tr>
                <th scope="row">
                  {months.format(new Date(month))}
                  {isNow && ", so far"}
                </th>
                <td>{figures.format(attempts)}</td>
                <td>{figures.format(tokens)}</td>
                <td>{cost}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
