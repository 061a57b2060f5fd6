/**
 * Does several things side by side. When one of them fails, the others are aborted and waited for, so that nothing of
 * them goes on behind the caller's back.
 * @throws What the first of them threw.
 */
export async function together<A, B>(
  interrupt: AbortSignal,
  [first, second]: [(signal: AbortSignal) => Promise<A>, (signal: AbortSignal) => Promise<B>],
): Promise<[A, B]> {
  const failure = new AbortController();
  const signal = AbortSignal.any([interrupt, failure.signal]);
  const guard = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      return await work(signal);
    } catch (error) {
      failure.abort(error);
      throw error;
    }
  };
  const both = [guard(first), guard(second)] as const;
  await Promise.allSettled(both);
  signal.throwIfAborted();
  return Promise.all(both);
}
