import { handle } from "hono/vercel";
import { api } from "#lib/http/api.ts";

/** The machine API under plain Next (`next dev`, serverless); the server process answers it before Next does. */
const handler = handle(api);

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
