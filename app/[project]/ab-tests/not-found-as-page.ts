import { notFound } from "next/navigation";
import { isAppError } from "#lib/core/errors.ts";

/** A verb's `not_found` becomes the 404 page; anything else goes on. */
export async function notFoundAsPage<Value>(value: Promise<Value>): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") notFound();
    throw error;
  }
}
