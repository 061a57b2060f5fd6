import { atMost } from "../../../../provider/hosts/at-most.js";

/** Work that ends when it is told to, and what of it has started. */
function works(count: number) {
  const started: number[] = [];
  const all = Array.from({ length: count }, (_, index) => {
    let resolve = () => {};
    let reject = (_error: Error) => {};
    const promise = new Promise<number>((onSuccess, onFailure) => {
      resolve = () => onSuccess(index);
      reject = onFailure;
    });
    const work = () => {
      started.push(index);
      return promise;
    };
    return { work, resolve: () => resolve(), reject: (error: Error) => reject(error) };
  });
  return { started, all };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("atMost() starts so many at once, and the others in their order as those end", async () => {
  const { started, all } = works(5);
  const run = atMost(2);
  const results = all.map(({ work }) => run(work));
  await settled();
  expect(started).toEqual([0, 1]);
  all[1]?.resolve();
  await settled();
  expect(started).toEqual([0, 1, 2]);
  for (const { resolve } of all) resolve();
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4]);
  expect(started).toEqual([0, 1, 2, 3, 4]);
});

test("atMost() lets work that failed make room, and is not stuck when all have ended", async () => {
  const { all } = works(2);
  const run = atMost(1);
  const [first, second] = all.map(({ work }) => run(work));
  all[0]?.reject(new Error("no"));
  all[1]?.resolve();
  await expect(first).rejects.toThrow("no");
  expect(await second).toBe(1);
  expect(await run(async () => "after")).toBe("after");
});
