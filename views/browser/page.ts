/** The script of every page but the writer's. It knows no editor: whoever signs in should not wait for one. */
import { startEveryPage } from "./every-page.ts";
import { startShowPassword } from "./show-password.ts";

startEveryPage(null);
startShowPassword();
if (document.body.classList.contains("share"))
  void import("./copying.ts").then(({ attachCopying }) => attachCopying());
if (document.body.classList.contains("runs"))
  void import("./runs.ts").then(({ startRuns }) => startRuns());
if (document.body.classList.contains("builds"))
  void import("./builds.ts").then(({ startBuilds }) => startBuilds());
if (document.body.classList.contains("dashboard"))
  void import("./dashboard.ts").then(({ startDashboard }) => startDashboard());
document.addEventListener("click", (event) => {
  if (!(event.target as Element).closest("[data-palette]")) return;
  event.preventDefault();
  document.dispatchEvent(new Event("reyna:palette"));
});
