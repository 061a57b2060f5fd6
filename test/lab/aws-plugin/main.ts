import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { Provider } from "./provider.js";

// A stand-in for pulumi-resource-aws, which no package registry has: it speaks the engine's protocol for the types that
// BackupTarget uses, and makes real AWS API calls. For tests alone; deployments use Pulumi's own provider.

type Handler = (request: unknown) => unknown;

function main(): void {
  const provider = new Provider() as unknown as Record<string, Handler | undefined>;
  const names = Object.keys(ResourceProviderService);
  const handlers = Object.fromEntries(names.map((name) => [name, handler(name, provider[name]?.bind(provider))]));
  const server = new Server();
  server.addService(ResourceProviderService, handlers);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // The engine reads the port from stdout.
    process.stdout.write(`${port}\n`);
  });
}

function handler(name: string, implementation: Handler | undefined) {
  return async ({ request }: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>): Promise<void> => {
    if (!implementation) {
      reply({ code: status.UNIMPLEMENTED, details: `the stand-in for the AWS provider does not know ${name}` });
      return;
    }
    try {
      reply(null, await implementation(request));
    } catch (error) {
      const { name: code, message } = error as Error;
      reply({ code: status.UNKNOWN, details: `${code}: ${message}` });
    }
  };
}

main();
