import { excerpt, figure, page, printedTable } from "../../bench/table.js";
import { outcome } from "./sample-outcome.js";

test.each([
  [0.567, "0.57"],
  [12.34, "12.3"],
  [1271.4, "1271"],
])("%d is shown as %s", (value, expected) => {
  expect(figure(value)).toBe(expected);
});

test("the page has times with their range, ratios, costs, where it ran and what is to be said", () => {
  expect(page(outcome)).toBe(`# deploy, 2026-11-27

3 rounds of commit 0123abc; medians, with the least and the most in brackets. [How to read it](../../docs/benchmarks.md).

Machine: 2 cores (Some Processor), Linux 6.12.0, load 0.50 before.
Host: Debian 13, Linux 7.2.7, 1 cores, 980 MiB of memory, LVM 2.03.31(2), restic 0.18.0.

|  | by | seconds | ours takes | CPU s | processes | read MiB | sent MiB | memory MiB |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| 10 volumes | ours | 20.0 (10.0–30.0) |  | 10.0 | 40 | 12.3 | 0.57 | 100 |
|  | a script | 10.0 (9.00–12.5) | × 2.00 | 5.00 | 40 | 12.3 | 0.57 | 100 |

- Something is not compared.
`);
});

test("the excerpt has the times alone, under a link to the page", () => {
  expect(excerpt(outcome)).toBe(`deploy, 2026-11-27, Debian 13 (\`bench/results/2026-11-27-deploy.md\`):

|  | by | seconds | ours takes | CPU s |
| --- | --- | ---: | ---: | ---: |
| 10 volumes | ours | 20.0 (10.0–30.0) |  | 10.0 |
|  | a script | 10.0 (9.00–12.5) | × 2.00 | 5.00 |

Something is not compared.`);
});

test("the printed table has a line for each", () => {
  const [head = "", ...rows] = printedTable(outcome).split("\n");
  expect(head).toMatch(/by +seconds +ours takes +CPU s +processes +read MiB +sent MiB +memory MiB/);
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatch(/^ +a script +10\.0 \(9\.00–12\.5\) +× 2\.00 +5\.00 +40 +12\.3 +0\.57 +100$/);
});
