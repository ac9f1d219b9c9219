import { rehearsalApp } from "#lib/llm/rehearsal/app.ts";
import { newRoutes } from "../route.ts";

/** The simulated provider, at `/rehearsal/v1`. It asks for no key and holds no data. */
export const rehearsalRoutes = newRoutes();

rehearsalRoutes.route("/rehearsal", rehearsalApp);
