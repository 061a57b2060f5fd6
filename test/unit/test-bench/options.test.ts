import { NAMES, parseOptions } from "../../bench/options.js";

test("all benches run unless some are named, in three rounds", () => {
  expect(parseOptions([])).toEqual({
    names: NAMES,
    rounds: 3,
    sizes: [4, 16],
    changes: [0, 16, 256],
    writeReadme: false,
  });
});

test("names and sizes are taken", () => {
  const args = [
    "cli",
    "deploy",
    "--volumes",
    "1,300",
    "--sizes=64",
    "--changes",
    "0",
    "--rounds",
    "1",
    "--write-readme",
  ];
  expect(parseOptions(args)).toEqual({
    names: ["cli", "deploy"],
    rounds: 1,
    volumes: [1, 300],
    sizes: [64],
    changes: [0],
    writeReadme: true,
  });
});

test.each([["deplo"], ["--rounds=0"], ["--volumes=1,,2"], ["--sizes=1"], ["--changes=2000"]])(
  "%s is refused",
  (arg) => {
    const exit = jest.spyOn(process, "exit").mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    const print = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(() => parseOptions([arg])).toThrow("exit 1");
    expect(print.mock.calls.flat().join("")).toMatch(/Allowed choices|is needed/);
    exit.mockRestore();
    print.mockRestore();
  },
);
