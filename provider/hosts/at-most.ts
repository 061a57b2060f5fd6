/**
 * Lets so many pieces of work run at once; the others start in the order in which they came, as those end.
 * @param count From 1 on.
 * @returns Runs a piece of work in its turn, and settles as it does.
 */
export function atMost(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running < count) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The turn is handed on, so that nobody who comes now goes before those that wait.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
