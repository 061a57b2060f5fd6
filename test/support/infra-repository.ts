import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Makes a folder that is an infra repository with an example in it, and with the lab's stand-in for the AWS provider. */
export function infraRepository(name: string): string {
  const example = join(root, "examples", name);
  const folder = mkdtempSync(join(tmpdir(), `pulumi-lvm-${name}-`));
  cpSync(example, folder, { recursive: true });
  const plugins = `plugins:\n  providers:\n    - name: aws\n      path: ${join(root, "test/lab/aws-plugin")}\n`;
  writeFileSync(join(folder, "Pulumi.yaml"), `${readFileSync(join(example, "Pulumi.yaml"), "utf8")}${plugins}`);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "infra", private: true }));
  const compilerOptions = { target: "es2022", module: "nodenext", strict: true, types: ["node"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}
