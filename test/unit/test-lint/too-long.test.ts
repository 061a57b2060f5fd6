import { tooLong } from "../../lint/too-long.js";

const shell = (lines: number, [open, close] = "{}"): string => `f() ${open}\n${"  :\n".repeat(lines - 2)}${close}\n`;
const python = (lines: number): string => `def f():\n${"    pass\n".repeat(lines - 1)}`;
const method = (lines: number): string => `class C:\n${python(lines).replace(/^/gm, "    ")}`;
/** Its lines are not indented, as those of a text need not be. */
const withText = (lines: number): string => `async def f():\n    return """\n${"x\n".repeat(lines - 3)}"""\n`;

test.each([
  ["a shell function", "x.sh", shell(61), 1],
  ["a shell function in a subshell", "x.sh", shell(61, "()"), 1],
  ["the second shell function", "x.sh", `${shell(60).replace("f()", "g()")}${shell(61)}`, 61],
  ["a Python function", "x.py", python(61), 1],
  ["a Python method", "x.py", method(61), 2],
  ["a Python function with a text", "x.py", withText(61), 1],
])("%s of 61 lines is found", (_what, path, text, line) => {
  expect(tooLong([{ path, text }])).toEqual([`${path}:${line}: f() has 61 lines, and 60 are allowed`]);
});

test.each([
  ["x.sh", ":\n"],
  ["x.py", "pass\n"],
])("%s of 251 lines is found", (path, line) => {
  expect(tooLong([{ path, text: line.repeat(251) }])).toEqual([`${path}: it has 251 lines, and 250 are allowed`]);
});

test.each([
  ["a shell function of 60 lines", "x.sh", shell(60)],
  ["a Python function of 60 lines", "x.py", python(60)],
  ["a Python method of 60 lines", "x.py", method(60)],
  ["short shell functions behind each other", "x.sh", shell(3).repeat(80)],
  ["short Python functions behind each other", "x.py", python(3).repeat(80)],
  ["a file of 250 lines", "x.sh", ":\n".repeat(250)],
])("%s is fine", (_what, path, text) => {
  expect(tooLong([{ path, text }])).toEqual([]);
});

test("each file has its own findings", () => {
  const files = [
    { path: "a.py", text: python(2) },
    { path: "b.sh", text: shell(61) },
    { path: "c.py", text: python(61) },
  ];
  expect(tooLong(files)).toEqual([expect.stringMatching(/^b\.sh:1:/), expect.stringMatching(/^c\.py:1:/)]);
});
