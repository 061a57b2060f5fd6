import { resource } from "../../provider/index.js";
import type { ConnectionArgs } from "../../provider/model/connection.js";

/** The inputs of a Host that is reached this way. */
function hostInputs(connection: ConnectionArgs, name = "node"): Record<string, unknown> {
  return { host: { name, machineId: "", connection }, owner: `organization/lab/connection/host/${name}` };
}

/** What a preview says of a Host: its failures, or the warnings that it prints; "" when all is well. */
export async function preview(connection: ConnectionArgs): Promise<{ failure: string; warning: string }> {
  const warn = jest.spyOn(console, "error").mockImplementation(() => undefined);
  try {
    const { failures } = await resource("host").check({}, hostInputs(connection));
    const failure = failures.map(({ reason }) => reason).join("\n");
    return { failure, warning: warn.mock.calls.flat().join("\n") };
  } finally {
    warn.mockRestore();
  }
}

/**
 * Why an up cannot make the Host; nothing is changed there, because it fails before that.
 * @throws {Error} If it can.
 */
export async function upError(connection: ConnectionArgs): Promise<Error> {
  const outcome = await resource("host")
    .create(hostInputs(connection))
    .catch((error: unknown) => error);
  if (outcome instanceof Error) return outcome;
  throw new Error("The Host was made, and should not have been");
}
