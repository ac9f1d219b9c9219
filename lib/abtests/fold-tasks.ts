import type { TaskList } from "graphile-worker";
import { foldPending } from "./store/fold-pending.ts";

const foldTask = "abtests:fold";

/** The tasks of the queue's worker. */
export const foldTasks: TaskList = {
  // Until the next minute's turn; most of the time is left to those who write.
  [foldTask]: async () => {
    await foldPending({ budgetMs: 50_000, restShare: 0.8 });
  },
};

/** For the worker's `crontab`: what has arrived is counted every minute. One that fails is not tried before the next. */
export const foldCrontab = `* * * * * ${foldTask} ?max=1`;
