import { readFileSync, statSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { PolicySettings } from "../policy/backup-policy.js";
import { aliasProblem } from "./alias-problem.js";
import { isTooDeep } from "./is-too-deep.js";
import { nearest } from "./nearest.js";
import { policyFile } from "./policy-file.js";
import { PolicyFileError, type PolicyFileIssue } from "./policy-file-error.js";
import { fieldsAt } from "./policy-json-schema.js";
import { type Path, type Position, SourceMap } from "./source-map.js";

/** A policy of a file. It has `match`, `volumes` or both: a volume is under it when it has all labels of the one or is named by the other. */
export interface FilePolicy {
  readonly name: string;
  /** Which of the program's targets; undefined for the only one. */
  readonly target?: string;
  readonly match?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly settings: PolicySettings;
  /** Where it is, for messages about it: `backup-policies.yaml:12:5`. */
  readonly position: string;
}

const MAX_BYTES = 2 ** 20;

/**
 * Reads a policy file, in YAML 1.2 or JSON.
 * @param path Relative to the working directory.
 * @throws {PolicyFileError} With everything that is wrong with it.
 */
export function readPolicyFile(path: string): FilePolicy[] {
  const refuse = (issues: readonly Issue[]) =>
    new PolicyFileError(
      path,
      issues.map((issue) => ({ file: path, ...issue })),
    );
  const text = readText(path, (message) => refuse([{ path: "", message }]));
  if (isTooDeep(text)) throw refuse([{ path: "", message: "is nested too deeply for a policy file" }]);
  return readPolicies(path, text, refuse);
}

function readText(path: string, refuse: (message: string) => Error): string {
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) throw refuse(`is too large: it has ${size} bytes, of at most ${MAX_BYTES}`);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (error instanceof PolicyFileError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw refuse("is not UTF-8 text");
    if (code === "ENOENT") throw refuse("does not exist; paths are relative to the folder in which the program runs");
    if (code === "EISDIR") throw refuse("is a folder");
    throw refuse(`cannot be read: ${(error as Error).message}`);
  }
}

type Issue = Omit<PolicyFileIssue, "file">;

function readPolicies(path: string, text: string, refuse: (issues: readonly Issue[]) => Error): FilePolicy[] {
  const lines = new LineCounter();
  // Its own check of double keys takes the square of their number.
  const document = parseDocument(text, {
    version: "1.2",
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const source = new SourceMap(document, lines);
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0)
    throw refuse(
      broken.map(({ pos, code, message }) => ({
        ...source.positionAt(pos[0]),
        path: "",
        message: code === "MULTIPLE_DOCS" ? "a second document begins here: a policy file is one" : message,
      })),
    );
  if (document.contents === null) throw refuse([{ path: "", message: "is empty: it needs policies" }]);
  const issues: Issue[] = source
    .repeatedKeys()
    .map((each) => ({ ...each.position, path: formatPath(each.path), message: "is there twice" }));
  const bomb = aliasProblem(document);
  if (bomb !== undefined) throw refuse([{ ...source.positionAt(bomb.offset), path: "", message: bomb.message }]);
  const result = policyFile.safeParse(document.toJS({ maxAliasCount: -1 }), { error: explain, reportInput: true });
  if (!result.success) issues.push(...result.error.issues.flatMap((issue) => issuesOf(issue, source)));
  if (issues.length > 0 || !result.success) throw refuse(issues.sort(byPosition));
  return result.data.policies.map(({ name, target, match, volumes, ...settings }, index) => {
    const { line, column } = source.positionOf(["policies", index, "name"]);
    return {
      name,
      ...(target !== undefined && { target }),
      ...(match !== undefined && { match }),
      ...(volumes !== undefined && { volumes }),
      settings,
      position: `${path}:${line}:${column}`,
    };
  });
}

/** What the schema has no words of its own for. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  const unit = "origin" in issue && issue.origin === "string" ? " characters long" : "";
  if (issue.code === "too_small") return `must be at least ${issue.minimum}${unit}`;
  if (issue.code === "too_big") return `must be at most ${issue.maximum}${unit}`;
  if (issue.code !== "invalid_type") return undefined;
  return `must be ${KINDS[issue.expected] ?? issue.expected}, but is ${kindOf(issue.input)}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a block of fields",
  record: "a block of fields",
};

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return KINDS["array"] ?? "";
  return KINDS[typeof value] ?? typeof value;
}

function issuesOf(issue: z.core.$ZodIssue, source: SourceMap): Issue[] {
  const { path } = issue;
  const issueAt = (position: Position, field: Path, message: string): Issue => ({
    ...position,
    path: formatPath(field),
    message,
  });
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      issueAt(source.positionOfKey([...path, key]), [...path, key], unknownField(path, key)),
    );
  }
  if (issue.code === "invalid_key")
    return [issueAt(source.positionOfKey(path), path, issue.issues[0]?.message ?? issue.message)];
  const isMissing = issue.code === "invalid_type" && issue.input === undefined;
  return [issueAt(source.positionOf(path), path, isMissing ? "is needed" : issue.message)];
}

function unknownField(path: Path, key: string): string {
  if (key === "<<") return "merge keys are no part of YAML 1.2: give each field its own alias";
  const known = fieldsAt(path) ?? [];
  const meant = nearest(key, known);
  return `there is no such field; ${meant === undefined ? `fields are ${known.join(", ")}` : `did you mean "${meant}"?`}`;
}

function byPosition(a: Issue, b: Issue): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** `policies[0].schedule` */
function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const name = String(step);
    const word = /^[\w$.-]+$/.test(name) ? name : JSON.stringify(name);
    return text === "" ? word : `${text}.${word}`;
  }, "");
}
