// A service that deploys its tenants' stacks by inline programs of the Automation API, all in this one process. Each message
// is an operation and the specs of the stacks that it is done to, at once; the answer has the changes of each.
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const declare = require("./declare.js");

async function run(stackName, spec, operation) {
  const program = async () => declare(spec);
  const stack = await LocalWorkspace.createOrSelectStack({ stackName, projectName: "tenants", program });
  const result = await stack[operation]();
  if (operation === "destroy") await stack.workspace.removeStack(stackName);
  return result.changeSummary ?? result.summary.resourceChanges;
}

process.on("message", async ({ operation, specs }) => {
  const runs = Object.entries(specs).map(async ([name, spec]) => [name, await run(name, spec, operation)]);
  const results = await Promise.allSettled(runs);
  const failed = results.find(({ status }) => status === "rejected");
  process.send(
    failed ? { error: String(failed.reason) } : { changes: Object.fromEntries(results.map(({ value }) => value)) },
  );
});
