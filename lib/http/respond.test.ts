import { expect, test, vi } from "vitest";
import { AppError, type ErrorCode, statusOfCode } from "#lib/core/errors.ts";
import { makeSql } from "#lib/db/postgres.ts";
import { answerOf, jsonError } from "./respond.ts";

test.each(Object.entries(statusOfCode))("%s answers %i with the public message", async (code, status) => {
  const response = jsonError(new AppError(code as ErrorCode, "What happened."), "r-1");
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    error: { code, message: "What happened.", issues: [], requestId: "r-1" },
  });
});

test("an unknown error is logged with the request id and keeps its text to itself", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const response = jsonError(new Error("password=hunter2"), "r-2");
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("hunter2");
  expect(log).toHaveBeenCalledWith("[r-2]", expect.any(Error));
  log.mockRestore();
});

test("an AppError of the other bundle's copy of the class is recognized", () => {
  const foreign = Object.assign(new Error("Gone."), { name: "AppError", code: "not_found", issues: [] });
  expect(answerOf(foreign, "r-3").status).toBe(404);
});

test("a database that does not answer is 503 with Retry-After", async () => {
  const nowhere = makeSql("postgresql://x:y@127.0.0.1:9/none", { max: 1 });
  const error = await nowhere`select 1`.catch((reason: unknown) => reason);
  const response = jsonError(error, "r-4");
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
});
