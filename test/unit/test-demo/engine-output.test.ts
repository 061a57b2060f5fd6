import { engineOutput } from "../../demo/engine-output.js";

const WARNING = "warning: using pulumi-resource-pulumi-nodejs from $PATH at /x/pulumi-resource-pulumi-nodejs";

/** What Pulumi 3.259 prints, with `--non-interactive --color never`. */
const UP = `Updating (demo):

 +  pulumi:pulumi:Stack tryout-demo creating (0s) 
@ updating....
 +  pulumi:pulumi:Stack tryout-demo creating (0s) ${WARNING}
 +  pulumi-nodejs:dynamic/lvm:Host a creating (0s) 
 ~  pulumi-nodejs:dynamic/lvm:Volume b updating (0s) [diff: ~size]
 +  pulumi-nodejs:dynamic/lvm:Host a created (0.01s) 
 ~  pulumi-nodejs:dynamic/lvm:Volume b updated (1.20s) [diff: ~size]
 +  pulumi:pulumi:Stack tryout-demo created (0.98s) 1 warning; 1 message
Diagnostics:
  pulumi:pulumi:Stack (tryout-demo):
    ${WARNING}

  pulumi-nodejs:dynamic/lvm:Volume (b):
    warning: it is nearly full

Outputs:
    out: "hi"

Resources:
    + 2 created

Duration: 2s

The resources in the stack have been changed`;

const REFUSED = `Previewing update (demo):
    pulumi:pulumi:Stack tryout-demo  ${WARNING}

@ previewing update....
 ~  pulumi-nodejs:dynamic/lvm:Host a update [diff: -v]
 ~  pulumi-nodejs:dynamic/lvm:Host a update [diff: -v] 1 message
    pulumi-nodejs:dynamic/lvm:Volume c  error: it cannot shrink
    pulumi-nodejs:dynamic/lvm:Volume c  1 error
Diagnostics:
  pulumi:pulumi:Stack (tryout-demo):
    ${WARNING}

  pulumi-nodejs:dynamic/lvm:Volume (c):
    error: it cannot shrink
    Set size

Resources:
    ~ 1 to update
    1 errored
`;

const shown = (beginRun: ReturnType<typeof engineOutput>, text: string) => text.split("\n").flatMap(beginRun());

describe("engineOutput", () => {
  test("shows each resource once it is done, and what is worth knowing after that", () => {
    expect(shown(engineOutput(false), UP)).toEqual([
      "  + lvm:Host a created (0.01s)",
      "  ~ lvm:Volume b updated (1.20s)",
      "Diagnostics:",
      "  pulumi-nodejs:dynamic/lvm:Volume (b):",
      "    warning: it is nearly full",
      "Outputs:",
      '    out: "hi"',
      "Resources:",
      "    + 2 created",
    ]);
  });

  test("shows why a preview was refused", () => {
    expect(shown(engineOutput(false), REFUSED)).toEqual([
      "  ~ lvm:Host a update",
      "Diagnostics:",
      "  pulumi-nodejs:dynamic/lvm:Volume (c):",
      "    error: it cannot shrink",
      "    Set size",
      "Resources:",
      "    ~ 1 to update",
      "    1 errored",
    ]);
  });

  test("shows all when it is verbose, and the warning about plugins once in all runs", () => {
    const beginRun = engineOutput(true);
    const [first, second] = [shown(beginRun, UP), shown(beginRun, UP)];
    const lines = UP.split("\n");
    expect(first).toEqual(lines.filter((line, index) => !line.includes(WARNING) || index === 4));
    expect(second).toEqual(lines.filter((line) => !line.includes(WARNING)));
  });
});
