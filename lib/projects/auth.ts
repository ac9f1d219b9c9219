import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { magicLink } from "better-auth/plugins/magic-link";
import { singleton } from "#lib/core/singleton.ts";
import { prisma } from "#lib/db/prisma.ts";
import { databaseUrl, publicOrigin, secret } from "#lib/env.ts";

/** Header that carries the socket's address; the server sets it itself, so no client can. */
export const addressHeader = "x-stemma-address";

const links = singleton("sign-in-links", () => new Map<string, (url: string) => void>());

function makeAuth() {
  return betterAuth({
    appName: "Stemma",
    baseURL: publicOrigin(),
    basePath: "/api/auth",
    secret: secret().toString("hex"),
    database: prismaAdapter(prisma(), { provider: "postgresql" }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10 },
    session: { expiresIn: 60 * 60 * 24 * 30, updateAge: 60 * 60 * 24 },
    // The server may be reached under several names (localhost, a proxy's): a page may only call its own host.
    trustedOrigins: async (request) => {
      const host = request?.headers.get("host");
      return host ? [`http://${host}`, `https://${host}`] : [];
    },
    rateLimit: {
      enabled: true,
      storage: "database",
      modelName: "rateLimit",
      window: 10,
      max: 200,
      customRules: { "/sign-in/email": { window: 60, max: 10 } },
    },
    advanced: { cookiePrefix: "stemma", ipAddress: { ipAddressHeaders: [addressHeader] } },
    // Links are only made by this process (the demo, an owner who is locked out), never on request.
    disabledPaths: ["/sign-in/magic-link"],
    plugins: [
      magicLink({
        expiresIn: 60 * 60 * 24,
        disableSignUp: true,
        storeToken: "hashed",
        sendMagicLink: ({ email, url }) => links.get(email)?.(url),
      }),
    ],
    telemetry: { enabled: false },
  });
}

const home = singleton<{ url: string; auth: ReturnType<typeof makeAuth> | undefined }>("auth", () => ({
  url: "",
  auth: undefined,
}));

/** People's accounts, passwords and sessions. */
export function auth(): ReturnType<typeof makeAuth> {
  const url = databaseUrl();
  if (!home.auth || home.url !== url) {
    home.url = url;
    home.auth = makeAuth();
  }
  return home.auth;
}

/** A URL that signs this person in once, within a day, and then shows the path. */
export async function makeSignInLink(email: string, path: string): Promise<string> {
  const url = new Promise<string>((resolve) => links.set(email, resolve));
  await auth().api.signInMagicLink({
    body: { email, callbackURL: path },
    headers: new Headers({ host: new URL(publicOrigin()).host }),
  });
  const answer = await url;
  links.delete(email);
  return answer;
}
