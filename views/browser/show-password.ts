/** `data-shows="<field>"` on a button: shows and hides what stands in a password field. */
export function startShowPassword(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-shows]")) {
    const field = document.getElementById(button.dataset.shows ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      button.textContent = shown ? "Hide" : "Show";
      button.setAttribute("aria-pressed", String(shown));
    });
    // A shown password is not kept by the browser as plain text of a form.
    field.form?.addEventListener("submit", () => {
      field.type = "password";
    });
  }
}
