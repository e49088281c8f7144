import type { Child, JSX } from "hono/jsx";

type Props = JSX.IntrinsicElements["button"] & {
  look?: "primary" | "outlined" | "quiet";
  large?: boolean;
  children?: Child;
};

/** `type="button"` unless told otherwise, so that none submits a form by accident. */
export function Button({ look = "quiet", large, children, ...rest }: Props) {
  return (
    <button type="button" class={`button ${look}${large ? " large" : ""}`} {...rest}>
      {children}
    </button>
  );
}
