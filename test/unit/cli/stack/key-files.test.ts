import { resolveKeyFiles } from "../../../../cli/stack/key-files.js";
import { connection } from "../../../../provider/model/connection.js";

describe("resolveKeyFiles", () => {
  const at = (privateKeyFile: string) => connection.parse({ address: "db1", privateKeyFile });

  test.each([
    ["keys/id", "/project/keys/id"],
    ["../id", "/id"],
    ["/etc/id", "/etc/id"],
    ["~/.ssh/id", "~/.ssh/id"],
  ])("reads %s as %s", (file, resolved) => {
    expect(resolveKeyFiles(at(file), "/project").privateKeyFile).toBe(resolved);
  });

  test("reads those of jump hosts alike, and leaves the rest alone", () => {
    const given = connection.parse({ address: "db1", jumpHosts: [{ address: "gate", privateKeyFile: "id" }] });
    expect(resolveKeyFiles(given, "/project")).toEqual({
      ...given,
      jumpHosts: [{ ...given.jumpHosts[0], privateKeyFile: "/project/id" }],
    });
  });
});
