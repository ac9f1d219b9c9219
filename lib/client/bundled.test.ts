import { expectTypeOf, test } from "vitest";
import type * as Declared from "./bundled.d.ts";
import { compile } from "./compile.ts";
import type { StemmaError } from "./errors.ts";
import { spanAttributes } from "./span-attributes.ts";
import type { Stemma } from "./stemma.ts";

// The compiler is the test: `npm test` begins with it.
test("the client is what its types declare", () => {
  expectTypeOf(compile).toExtend<typeof Declared.compile>();
  expectTypeOf(spanAttributes).toExtend<typeof Declared.spanAttributes>();
  expectTypeOf<InstanceType<typeof Stemma>>().toExtend<Declared.Stemma>();
  expectTypeOf<InstanceType<typeof StemmaError>>().toExtend<Declared.StemmaError>();
  expectTypeOf<ConstructorParameters<typeof Declared.Stemma>[0]>().toExtend<
    ConstructorParameters<typeof Stemma>[0]
  >();
});
