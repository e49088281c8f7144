/** What the dashboard hears: that something it tells of has changed. Each who looks then asks for what they see. */
import { DashboardPulse } from "../../views/dashboard/page.tsx";
import type { NumberedEvent } from "../events/event.ts";

export function dashboardView() {
  return {
    /** It is everybody's own; a socket hears of nothing that its account does not see. */
    requireSeen: async (): Promise<void> => {},
    make(_id: string, { offset, event }: NumberedEvent): Promise<object> | undefined {
      if (!TOLD.test(event.type)) return undefined;
      return Promise.resolve({ content: String(<DashboardPulse of={offset} />) });
    },
  };
}

const TOLD =
  /^(bucket\.|run\.|blob\.[a-z]+\.(chapter|pitch|pitch-section|codex-entry|compiled-book|expanded-text)-v\d+$)/;
