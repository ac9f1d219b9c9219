import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";
import { __wbg_set_wasm, SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";

/**
 * The SQL that takes a database from nothing to `prisma/schema.prisma`, by Prisma's own engine as WebAssembly
 * (its native engine is a download that closed networks refuse). `npm run db:sql` prints it; a new migration is
 * the part of it that is new.
 */
export async function catalogueSql(url: string): Promise<string> {
  const engine = await openEngine(url);
  try {
    const path = new URL("schema.prisma", import.meta.url);
    const schema = { path: fileURLToPath(path), content: await readFile(path, "utf8") };
    const diff = await engine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", files: [schema] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return diff.stdout ?? "";
  } finally {
    engine.free();
  }
}

async function openEngine(url: string) {
  const wasmPath = fileURLToPath(import.meta.resolve("@prisma/schema-engine-wasm")).replace(
    "schema_engine.js",
    "schema_engine_bg.wasm",
  );
  const { instance } = await WebAssembly.instantiate(await readFile(wasmPath), {
    "./schema_engine_bg.js": glue as unknown as WebAssembly.ModuleImports,
  });
  __wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
  return SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
}

if (import.meta.main) {
  process.stdout.write(await catalogueSql(process.env.DATABASE_URL ?? "postgresql://nowhere/none"));
}
