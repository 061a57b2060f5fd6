import type { Adoptable, AdoptableGroup, AdoptablePool, AdoptableVolume } from "../../provider/hosts/live/adoptable.js";
import { identifier, uniqueNames } from "./identifier.js";

/** A declaration of the printed program: its variable, and the lines of its value. */
interface Declaration {
  readonly variable: string;
  readonly isResource: boolean;
  readonly lines: readonly string[];
}

/**
 * A module in TypeScript with a function that declares what was found on a host, given its Host, and returns the resources. What was left
 * out stands below it as a comment, with the reason.
 * @param host Name of the Host resource.
 */
export function adoptionProgram(host: string, { groups, leftOut }: Adoptable): string {
  const name = identifier(["adopt", host]);
  const file = `adopt-${host.replaceAll(/[^A-Za-z0-9_.-]+/g, "-")}`;
  const declarations = declarationsOf(host, groups);
  const header =
    declarations.length === 0
      ? [`// Host ${JSON.stringify(host)} has nothing that the stack does not have and could have.`]
      : [
          `// What host ${JSON.stringify(host)} has and the stack does not. Save it as ${file}.ts beside the program, and call it with the Host:`,
          "//",
          `//     import { ${name} } from "./${file}.js";`,
          `//     ${name}(host);`,
          "//",
          "// Groups and pools are used as they are. Volumes keep their data, get tags, and are active only while they are attached. Those that",
          '// leave the program stay on the host (deletionPolicy: "retain").',
        ];
  const comments = leftOut.map(({ path, reason }) => `//   ${path}: ${oneLine(reason)}`);
  const parts = [
    header,
    declarations.length === 0 ? [] : functionLines(name, declarations),
    comments.length === 0 ? [] : ["// Left out:", ...comments],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** A line of a comment must not end early. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n\u2028\u2029]+/g, " ");

function functionLines(name: string, declarations: readonly Declaration[]): string[] {
  const resources = declarations.filter(({ isResource }) => isResource).map(({ variable }) => variable);
  return [
    'import * as lvm from "pulumi-lvm";',
    "",
    `export function ${name}(host: lvm.Host) {`,
    ...declarations.flatMap(({ lines }) => lines.map((line) => `  ${line}`)),
    "  return {",
    ...resources.map((variable) => `    ${variable},`),
    "  };",
    "}",
  ];
}

function declarationsOf(host: string, groups: readonly AdoptableGroup[]): Declaration[] {
  const variables = uniqueNames(["host", "lvm"], (text, count) => `${text}${count}`);
  const names = uniqueNames([], (text, count) => `${text}-${count}`);
  return groups.flatMap((group) => {
    const groupVariable = variables(identifier([group.name, "group"]));
    const poolVariables = new Map(
      group.pools.map(({ name }) => [name, variables(identifier([group.name, name, "pool"]))]),
    );
    return [
      groupDeclaration(groupVariable, names(`${host}-${group.name}`), group),
      ...group.pools.map((pool) =>
        poolDeclaration(
          poolVariables.get(pool.name) ?? "",
          names(`${host}-${group.name}-${pool.name}`),
          groupVariable,
          pool,
          group,
        ),
      ),
      ...group.volumes.map((volume) =>
        volumeDeclaration(
          variables(identifier([group.name, volume.name])),
          names(`${host}-${group.name}-${volume.name}`),
          volume.pool === undefined ? ["volumeGroup", groupVariable] : ["pool", poolVariables.get(volume.pool) ?? ""],
          volume,
        ),
      ),
    ];
  });
}

function groupDeclaration(variable: string, resource: string, { name, isKnown }: AdoptableGroup): Declaration {
  if (isKnown) return refDeclaration(variable, "VolumeGroup", { name: JSON.stringify(name) });
  return resourceDeclaration(variable, "VolumeGroup", resource, {
    host: "host",
    name: JSON.stringify(name),
    existing: "true",
  });
}

function poolDeclaration(
  variable: string,
  resource: string,
  groupVariable: string,
  { name, isKnown, maxOvercommit, allowUnzeroedChunks }: AdoptablePool,
  group: AdoptableGroup,
): Declaration {
  if (isKnown) {
    return refDeclaration(variable, "ThinPool", {
      name: JSON.stringify(name),
      volumeGroup: JSON.stringify(group.name),
      maxOvercommit: `${maxOvercommit}`,
      allowUnzeroedChunks: `${allowUnzeroedChunks}`,
    });
  }
  return resourceDeclaration(variable, "ThinPool", resource, {
    volumeGroup: groupVariable,
    name: JSON.stringify(name),
    existing: "true",
    ...(maxOvercommit === 1 ? {} : { maxOvercommit: `${maxOvercommit}` }),
    ...(allowUnzeroedChunks ? { allowUnzeroedChunks: "true" } : {}),
  });
}

function volumeDeclaration(
  variable: string,
  resource: string,
  [holder, holderVariable]: readonly [string, string],
  { name, size, uuid, fileSystem, labels }: AdoptableVolume,
): Declaration {
  return resourceDeclaration(variable, "Volume", resource, {
    [holder]: holderVariable,
    name: JSON.stringify(name),
    size: JSON.stringify(size),
    ...(fileSystem === undefined ? {} : { fileSystem: JSON.stringify(fileSystem) }),
    ...(Object.keys(labels).length === 0 ? {} : { labels: JSON.stringify(labels) }),
    adopt: JSON.stringify(uuid),
    deletionPolicy: '"retain"',
  });
}

function resourceDeclaration(
  variable: string,
  kind: string,
  resource: string,
  fields: Readonly<Record<string, string>>,
): Declaration {
  const start = `const ${variable} = new lvm.${kind}(${JSON.stringify(resource)}, {`;
  return { variable, isResource: true, lines: [start, ...fieldLines(fields), "});"] };
}

/** The stack has it already: a ref that is written by hand stands for it. */
function refDeclaration(variable: string, kind: string, fields: Readonly<Record<string, string>>): Declaration {
  return {
    variable,
    isResource: false,
    lines: [
      `// The program has this ${kind}: its variable in place of the object lets a destroy go in the right order.`,
      `const ${variable} = {`,
      ...fieldLines(fields),
      "  host,",
      "};",
    ],
  };
}

const fieldLines = (fields: Readonly<Record<string, string>>): string[] =>
  Object.entries(fields).map(([field, value]) => (field === value ? `  ${field},` : `  ${field}: ${value},`));
