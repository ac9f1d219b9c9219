import { Worker } from "node:worker_threads";
import type { Task, TaskResult } from "./task.ts";

/** Runs tasks on as many worker threads as there are cores to use; results in the order of the tasks. */
export async function performAll(
  tasks: readonly Task[],
  threads: number,
  onProgress: (done: number) => void = () => {},
): Promise<TaskResult[]> {
  const results = new Array<TaskResult>(tasks.length);
  let [next, done] = [0, 0];
  const runThread = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url));
      let current = -1;
      const proceed = () => {
        current = next++;
        if (current < tasks.length) worker.postMessage(tasks[current]);
        else void worker.terminate().then(() => resolve());
      };
      worker.on("error", reject);
      worker.on("message", (result: TaskResult) => {
        results[current] = result;
        onProgress(++done);
        proceed();
      });
      proceed();
    });
  await Promise.all(Array.from({ length: threads }, runThread));
  return results;
}
