import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Logo } from "../ui/logo.tsx";

export type SignInProps = {
  assets: Pick<Assets, "url">;
  /** The address the studio is reached at, shown small at the foot. */
  host: string;
  /** What was typed before it was refused; never the password. */
  values?: { email?: string };
  errors?: { email?: string; password?: string; form?: string };
  /** Where to go on after signing in; a path of this studio. */
  next?: string;
};

export function SignIn({ assets, host, values = {}, errors = {}, next }: SignInProps) {
  return (
    <Layout assets={assets} title="Sign in, ReYNa Studio" page="sign-in">
      <p class="greeting" aria-hidden="true">
        Come in. The page is where you left it.
      </p>
      <div class="gutter" aria-hidden="true" />
      <main id="main">
        <h1 class="logo">
          <Logo />
        </h1>
        <form method="post" action="/sign-in">
          {next && <input type="hidden" name="next" value={next} />}
          {errors.form && (
            <p class="refused" role="alert">
              {errors.form}
            </p>
          )}
          <Field
            name="email"
            label="Email"
            type="email"
            value={values.email}
            error={errors.email}
            autocomplete="username"
            required
            autofocus={!values.email}
          />
          <Field
            name="password"
            label="Password"
            type="password"
            error={errors.password}
            autocomplete="current-password"
            required
            autofocus={Boolean(values.email)}
          />
          <Button type="submit" look="primary" large>
            Sign in
          </Button>
        </form>
        <p class="small">Words written while signed out are still on this device.</p>
        <p class="small">Forgot your password? Whoever runs this studio can make you a new one.</p>
      </main>
      <footer>{host}</footer>
    </Layout>
  );
}
