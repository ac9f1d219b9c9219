import { createContext, type Script, Script as VmScript } from "node:vm";

const timeLimitMs = 250;
const sandbox: { pattern: string; flags: string; text: string } = { pattern: "", flags: "", text: "" };
const context = createContext(sandbox);
const script: Script = new VmScript("new RegExp(pattern, flags).test(text)");

/**
 * Whether the pattern matches the text, or "too_slow". Patterns come from people, and some take exponential time:
 * only node:vm can interrupt a match (a thread of its own would cost milliseconds each).
 */
export function timedTest(pattern: string, flags: string, text: string): boolean | "too_slow" {
  Object.assign(sandbox, { pattern, flags, text });
  try {
    return script.runInContext(context, { timeout: timeLimitMs }) as boolean;
  } catch (error) {
    // Made in the other context, so it may be no instance of our Error.
    const isTimeout = (error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    if (isTimeout) return "too_slow";
    throw error;
  }
}
