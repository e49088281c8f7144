/** A drawer whose words did not come says so, in place of them or above those that it has. */
import { onHtmx, type RequestDetail } from "./htmx-events.ts";

const AWAY = "The studio did not answer. Nothing is lost; close this and try again.";

/** @param button what asks for the drawer's words */
export function tellsAway(button: HTMLElement, drawer: () => HTMLElement | null): void {
  const failed = ({ ctx }: RequestDetail) => {
    const line = drawer()?.querySelector<HTMLElement>("[data-problem]");
    if (!line || ctx?.sourceElement !== button) return;
    line.textContent = AWAY;
    line.hidden = false;
  };
  onHtmx<RequestDetail>("htmx:response:error", failed);
  onHtmx<RequestDetail>("htmx:error", (detail) => {
    if (!detail.ctx?.response) failed(detail);
  });
}
