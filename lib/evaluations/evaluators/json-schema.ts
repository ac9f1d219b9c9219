import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { canonicalJson, type Json, type JsonObject } from "#lib/core/json.ts";
import type { EvaluatorConfigOf } from "./config.ts";
import { type Judgment, notScored, passed, type Sample } from "./judgment.ts";
import { timedTest } from "./timed-test.ts";

/** 1 if the output is JSON that fits the schema (JSON Schema 2020-12). */
export function jsonSchema(config: EvaluatorConfigOf<"json_schema">, sample: Sample): Judgment {
  const value = parseOutput(sample.output);
  if (value === undefined) return passed(false, "The output is not JSON.");
  const validate = validatorOf(config.schema);
  if (validate instanceof Error) return notScored(`The schema cannot be used: ${validate.message}.`);
  const isValid = validate(value);
  const fault = validate.errors?.[0];
  return passed(isValid, `${fault?.instancePath || "The value"} ${fault?.message ?? "does not fit"}.`);
}

/** The JSON an output holds, also inside one code fence; undefined where it is none. */
export function parseOutput(output: string): Json | undefined {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(output);
  try {
    return JSON.parse(fenced ? fenced[1]! : output) as Json;
  } catch {
    return undefined;
  }
}

const compiled = new Map<string, ValidateFunction | Error>();

function validatorOf(schema: JsonObject): ValidateFunction | Error {
  const key = canonicalJson(schema);
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= 200) compiled.clear();
  const made = compile(schema);
  compiled.set(key, made);
  return made;
}

/** Why a schema cannot be used; null if it can. */
export function schemaProblem(schema: JsonObject): string | null {
  const made = validatorOf(schema);
  return made instanceof Error ? made.message : null;
}

function compile(schema: JsonObject): ValidateFunction | Error {
  // Ajv tells patterns apart by their toString.
  const timed = (pattern: string, flags: string) => ({
    test: (text: string) => timedTest(pattern, flags, text) === true,
    toString: () => `/${pattern}/${flags}`,
  });
  const regExp = Object.assign(timed, { code: "" });
  const ajv = new Ajv2020({ strict: false, validateFormats: false, code: { regExp } });
  try {
    return ajv.compile(schema);
  } catch (error) {
    return error as Error;
  }
}
