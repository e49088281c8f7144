/** The script of every page but the writer's. It knows no editor: whoever signs in should not wait for one. */
import { startEveryPage } from "./every-page.ts";
import { startShowPassword } from "./show-password.ts";

startEveryPage(null);
startShowPassword();
if (document.body.classList.contains("runs"))
  void import("./runs.ts").then(({ startRuns }) => startRuns());
