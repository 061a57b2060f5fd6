import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { parseDocument } from "yaml";
import { z } from "zod";

const repository = join(__dirname, "../../..");
const read = (path: string) => readFileSync(join(repository, path), "utf8");

/** The names of the metrics that the program on hosts writes, and the labels that each has. */
const source = read("provider/agent/backup/runtime/status.py");
const [, tuple = ""] = /^_METRICS = \(\n(.*?)^\)$/ms.exec(source) ?? [];
const WRITTEN = new Set([...tuple.matchAll(/^ {4}\("(\w+)", /gm)].map(([, name]) => `pulumi_lvm_backup_${name}`));
const [, labels = ""] = /for key in \(([^)]+)\)/.exec(source) ?? [];
const LABELS = [...labels.matchAll(/"(\w+)"/g)].map(([, label]) => label as string);

/** Names of PromQL that are no metrics: operators and aggregations (prometheus.io, "Querying"). */
const WORDS = new Set(["and", "or", "unless", "by", "on", "ignoring", "without", "count", "max", "sum"]);

/** The metrics that an expression of PromQL names. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, "")
    .replaceAll(/\bby \([^)]*\)/g, "");
  return [...bare.matchAll(/\b([a-z_]\w*)\b(?!\s*\()/g)]
    .map(([, name]) => name as string)
    .filter((name) => !WORDS.has(name));
}

const rule = z.strictObject({
  alert: z.string().regex(/^PulumiLvm[A-Za-z]+$/),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+[smhd]$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(["info", "warning", "critical"]) }),
  annotations: z.strictObject({
    summary: z.string().min(20),
    description: z.string().min(20),
    command: z.string().startsWith("npx pulumi-lvm "),
  }),
});
const rulesFile = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) });

const panel = z.object({
  id: z.int(),
  type: z.enum(["stat", "timeseries"]),
  title: z.string().min(1),
  description: z.string().min(1),
  gridPos: z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  datasource: z.strictObject({ type: z.literal("prometheus"), uid: z.literal("${datasource}") }),
  targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).min(1),
});
const dashboard = z.object({
  title: z.string(),
  uid: z.string(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.unknown() })) }),
  panels: z.array(panel),
});

test("the program's metrics and labels are found", () => {
  expect(WRITTEN.size).toBeGreaterThan(20);
  expect(WRITTEN).toContain("pulumi_lvm_backup_last_success_timestamp_seconds");
  expect(LABELS).toEqual(["volume", "target", "name", "stack"]);
});

test.each([
  ["time() - a_seconds > b_seconds", ["a_seconds", "b_seconds"]],
  ['count(a{stack=~"$stack"} == 0) or vector(0)', ["a"]],
  ["max by (volume) (max_over_time(a[1d])) unless max by (volume) (b)", ["a", "b"]],
])("the metrics in %s are %j", (expr, metrics) => {
  expect(metricsIn(expr)).toEqual(metrics);
});

describe("alerts.yaml", () => {
  const document = parseDocument(read("examples/monitoring/alerts.yaml"));
  const parsed = rulesFile.parse(document.toJS());
  const rules = parsed.groups.flatMap((group) => group.rules);

  test("is a file of rules, each alert once", () => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  test("has an alert for each kind of run that can fail", () => {
    const failures = [...WRITTEN].filter((name) => name.endsWith("_success"));
    const named = rules.flatMap(({ expr }) => metricsIn(expr));
    expect(failures.filter((name) => !named.includes(name))).toEqual([]);
  });

  test.each(rules.map((each) => [each.alert, each] as const))(
    "%s goes by metrics and labels that hosts write",
    (_alert, { expr, annotations }) => {
      expect(metricsIn(expr).filter((name) => !WRITTEN.has(name))).toEqual([]);
      const used = Object.values(annotations).flatMap((text) =>
        [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label),
      );
      expect(used).not.toEqual([]);
      // Prometheus itself gives the instance.
      const known = expr.includes(" by (") ? LABELS : [...LABELS, "instance"];
      expect(used.filter((label) => !known.includes(label as string))).toEqual([]);
    },
  );

  test.each([...new Set(rules.map(({ annotations }) => annotations.command))])("%s exists", (command) => {
    const [name = "", ...words] = command
      .slice("npx pulumi-lvm ".length)
      .replaceAll(/\{\{.*?\}\}/g, "VOLUME")
      .split(" ");
    const file = join(repository, "cli/commands", `${name}.ts`);
    expect(existsSync(file)).toBe(true);
    const made = (require(file) as Record<string, () => Command>)[`${name}Command`]?.() as Command;
    made.action(() => {}).exitOverride();
    expect(() => made.parse(words, { from: "user" })).not.toThrow();
  });
});

describe("dashboard.json", () => {
  const { panels, templating } = dashboard.parse(JSON.parse(read("examples/monitoring/dashboard.json")));

  test("has panels side by side, with ids of their own", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });

  test.each(panels.map((each) => [each.title, each.targets] as const))(
    "%s shows metrics that hosts write, of the chosen stacks",
    (_title, targets) => {
      for (const { expr, legendFormat } of targets) {
        const metrics = metricsIn(expr);
        expect(metrics).not.toEqual([]);
        expect(metrics.filter((name) => !WRITTEN.has(name))).toEqual([]);
        expect(expr.split('{stack=~"$stack"}')).toHaveLength(metrics.length + 1);
        const used = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label as string);
        expect(used.filter((label) => !LABELS.includes(label))).toEqual([]);
      }
    },
  );

  test("has the variables that its panels name", () => {
    expect(templating.list.map(({ name }) => name)).toEqual(["datasource", "stack"]);
    const [, metric = "", label] = /label_values\((\w+), (\w+)\)/.exec(JSON.stringify(templating.list[1]?.query)) ?? [];
    expect([WRITTEN.has(metric), label]).toEqual([true, "stack"]);
  });
});
