import { ensureBuild } from "./check-build.ts";

/** `npm run build`: builds the pages unless what is built is of this very source. */
await ensureBuild();
