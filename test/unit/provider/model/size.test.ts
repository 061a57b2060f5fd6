import { exactSize, formatSize, parseSize, roundToExtents, size, sizeFrom } from "../../../../provider/model/size.js";

const MIB = 2 ** 20;

describe("parseSize", () => {
  test.each([
    ["whole unit", "20GiB", 20 * 2 ** 30],
    ["space before the unit", "512 MiB", 512 * MIB],
    ["fraction that is whole in bytes", "1.5TiB", 1.5 * 2 ** 40],
    ["six decimals", "1.000000GiB", 2 ** 30],
    ["bytes in words", "1048576B", MIB],
    ["bytes as a number", 1_048_576, MIB],
    ["largest", "7.984375PiB", 7.984375 * 2 ** 50],
  ])("%s: %s", (_name, value, bytes) => {
    expect(parseSize(value)).toBe(Math.trunc(bytes));
  });

  test.each([
    ["no unit", "20"],
    ["sign", "-1GiB"],
    ["exponent", "1e3MiB"],
    ["two spaces", "1  GiB"],
    ["text around it", " 1GiB"],
    ["empty", ""],
    ["percentage", "50%FREE"],
    ["not a number", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
  ])("refuses %s: %s", (_name, value) => {
    expect(() => parseSize(value)).toThrow(
      new RangeError(
        `Cannot read size ${JSON.stringify(value)}: write a number and a unit, such as "20GiB" or "512MiB"`,
      ),
    );
  });

  test.each([
    ["LVM's bare unit, which has meant two things", "20G"],
    ["lower case", "20gib"],
  ])("refuses %s, and says what to write: %s", (_name, value) => {
    expect(() => parseSize(value)).toThrow(
      `Cannot read size "${value}": units are binary and written out; write "20GiB" if you mean 20 × 1073741824 bytes`,
    );
  });

  test.each([
    ["20GB", "20GiB", "20 × 1073741824", "19074MiB", "20 × 1000000000"],
    ["1.5 TB", "1.5TiB", "1.5 × 1099511627776", "1397GiB", "1.5 × 1000000000000"],
    ["512mb", "512MiB", "512 × 1048576", "489MiB", "512 × 1000000"],
    ["20KB", "20KiB", "20 × 1024", "1MiB", "20 × 1000"],
  ])("refuses a decimal unit, and names the sizes near it: %s", (value, binary, binaryBytes, near, decimalBytes) => {
    expect(() => parseSize(value)).toThrow(
      `Cannot read size "${value}": decimal units are not taken; write "${binary}" if you mean ${binaryBytes} bytes, or "${near}" for at least ${decimalBytes} bytes`,
    );
  });

  test.each([
    ["1.2GiB", '"1228MiB" and "1229MiB"'],
    ["1.3TiB", '"1331GiB" and "1332GiB"'],
    [2_000_000.5, '"1MiB" and "2MiB"'],
  ])("refuses part of a byte, and names sizes near it: %s", (value, near) => {
    expect(() => parseSize(value)).toThrow(`it is no whole number of bytes; near it are ${near}`);
  });

  test.each([
    ["8 PiB", "8PiB"],
    ["far too much", "9999999999999999PiB"],
  ])("refuses %s: %s", (_name, value) => {
    expect(() => parseSize(value)).toThrow("it must be below 8 PiB");
  });

  test("refuses less than the smallest, and says which that is", () => {
    expect(() => parseSize("1023KiB")).toThrow('Cannot use size "1023KiB": the smallest is 1 MiB');
    expect(() => parseSize("32KiB", 65_536)).toThrow('Cannot use size "32KiB": the smallest is 64 KiB');
    expect(parseSize("64KiB", 65_536)).toBe(65_536);
  });

  test.each([
    ["bytes in words", `${MIB + 1}B`, "1048576B or 1049088B"],
    ["bytes as a number", 5_000_001, "4999680B or 5000192B"],
    ["a fraction", "1025.25KiB", "1049600B or 1050112B"],
  ])("refuses parts of a sector, which LVM refuses, and names the neighbours: %s", (_name, value, neighbours) => {
    expect(() => parseSize(value)).toThrow(
      `Cannot use size ${JSON.stringify(value)}: it must be a multiple of 512 bytes (LVM's rule), such as ${neighbours}`,
    );
  });
});

describe("formatSize", () => {
  test.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1.5 * 2 ** 40, "1.5 TiB"],
    [20 * 2 ** 30, "20 GiB"],
    [2 ** 30 + 1, "1 GiB"],
    [-4 * MIB, "-4 MiB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  test.each([MIB, 2 ** 30, 20 * 2 ** 30, 1.5 * 2 ** 40, 3 * 2 ** 50])(
    "parseSize reads what it wrote of %d",
    (bytes) => {
      expect(parseSize(formatSize(bytes))).toBe(bytes);
    },
  );
});

describe("roundToExtents", () => {
  const EXTENT = 4 * MIB;
  test.each([
    ["one byte takes an extent", 1, EXTENT],
    ["a whole extent stays", EXTENT, EXTENT],
    ["one byte more takes another", EXTENT + 1, 2 * EXTENT],
    ["TiB keep every byte", 2 ** 42, 2 ** 42],
  ])("%s", (_name, bytes, rounded) => {
    expect(roundToExtents(bytes, EXTENT)).toBe(rounded);
  });
});

describe("size", () => {
  test("keeps the text as written, so that the state shows what the program says", () => {
    expect(size.parse("1.5 GiB")).toBe("1.5 GiB");
  });

  test("complains in parseSize's words", () => {
    expect(size.safeParse("20").error?.issues.map(({ message }) => message)).toEqual([
      'Cannot read size "20": write a number and a unit, such as "20GiB" or "512MiB"',
    ]);
    expect(sizeFrom(65_536).safeParse("64KiB").success).toBe(true);
    expect(size.safeParse("64KiB").success).toBe(false);
  });
});

describe("exactSize", () => {
  test.each([
    [20 * 2 ** 30, "20GiB"],
    [2 ** 30 + 4 * MIB, "1028MiB"],
    [MIB + 1024, "1025KiB"],
    [MIB + 512, "1049088B"],
    [2 ** 50, "1PiB"],
  ])("%d bytes are %s, and parseSize reads them", (bytes, text) => {
    expect(exactSize(bytes)).toBe(text);
    expect(parseSize(text)).toBe(bytes);
  });
});
