/** The page of builds: progress as it is told, the focus where a button was, chapters that move under their buttons. */
import { announce } from "./announce.ts";
import { onHtmx, type SocketDetail } from "./htmx-events.ts";

type Progress = { type: string; run: string; done: number; total?: number; note?: string };

export function startBuilds(): void {
  onHtmx<SocketDetail>("htmx:ws:before:message:incoming", ({ message }) => hear(message?.data));
  let act: string | undefined;
  let open = 0;
  onHtmx("htmx:before:swap", () => {
    act = (document.activeElement as HTMLElement | null)?.dataset.act;
    open = document.querySelectorAll("[data-far]").length;
  });
  onHtmx("htmx:after:swap", () => {
    // Compile becomes Cancel and back; whoever pressed one stands at the other.
    if (act && document.activeElement === document.body)
      document.querySelector<HTMLElement>(`[data-act="${act}"]`)?.focus({ preventScroll: true });
    const now = document.querySelectorAll("[data-far]").length;
    if (now > open) announce("Compiling.");
    if (now < open) announce(document.querySelector(".build .refused")?.textContent ?? "Done.");
    open = now;
  });
  document.addEventListener("click", move);
}

function hear(data: unknown): void {
  if (typeof data !== "string" || !data.startsWith('{"type":"progress"')) return;
  const { run, done, total, note } = JSON.parse(data) as Progress;
  const far = document.querySelector(`[data-far="${run}"]`);
  const meter = far?.querySelector("progress");
  if (!far || !meter) return;
  if (total) {
    meter.max = total;
    meter.value = done;
  }
  far.lastElementChild!.textContent = note ? `Compiling: ${note.toLowerCase()}` : "Compiling";
}

/** Up and down move the row; nothing is kept until it is saved. */
function move(event: MouseEvent): void {
  const button = (event.target as Element).closest<HTMLButtonElement>(
    '[data-orders] [name="move"]',
  );
  const row = button?.closest("li");
  if (!button || !row) return;
  event.preventDefault();
  const isUp = button.value.startsWith("up ");
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (isUp) other.before(row);
  else other.after(row);
  button.focus();
  const rows = [...row.parentElement!.children];
  const name = row.querySelector("label")?.textContent?.trim() ?? "";
  announce(`${name}, ${rows.indexOf(row) + 1} of ${rows.length}.`);
}
