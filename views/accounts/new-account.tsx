import { Field } from "../ui/field.tsx";

export type NewAccountProps = {
  /** What was typed before it was refused; never the password. */
  values?: { name?: string; email?: string };
  errors?: { name?: string; email?: string; password?: string };
  autofocus?: boolean;
};

/** What a new account is asked for. */
export function NewAccountFields({ values = {}, errors = {}, autofocus }: NewAccountProps) {
  return (
    <>
      <Field
        name="name"
        label="Name"
        value={values.name}
        error={errors.name}
        autocomplete="name"
        required
        autofocus={autofocus}
      />
      <Field
        name="email"
        label="Email"
        type="email"
        value={values.email}
        error={errors.email}
        autocomplete="username"
        required
      />
      <Field
        name="password"
        label="Password"
        type="password"
        error={errors.password}
        hint="At least 8 characters."
        autocomplete="new-password"
        minlength={8}
        required
      />
    </>
  );
}
