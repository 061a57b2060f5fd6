import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeCertificates } from "./certificates.js";
import type { LabDir } from "./lab-dir.js";
import { HOSTS_A_WORKER, type LabHost } from "./lab-host.js";
import type { LabS3 } from "./lab-s3.js";
import { startServer } from "./s3-server.js";
import { writeS3State } from "./s3-state.js";

const FIRST_PORT = 7440;

/**
 * Starts an S3 and IAM server for each worker of jest that the hosts are enough for: tests stop theirs.
 * @param gateway Path of versitygw.
 * @param address Of this machine, as the hosts reach it.
 */
export async function startS3Servers(
  dir: LabDir,
  { gateway, address, hosts }: { gateway: string; address: string; hosts: number },
  signal: AbortSignal,
): Promise<LabS3[]> {
  mkdirSync(dir.s3, { recursive: true, mode: 0o700 });
  mkdirSync(dir.logs, { recursive: true });
  const { ca, certificate, key } = await makeCertificates(
    { directory: dir.s3, address, care: "proper" },
    { logFile: join(dir.logs, "setup.log"), signal },
  );
  const names = Array.from({ length: Math.ceil(hosts / HOSTS_A_WORKER) }, (_, index) => `s3-${index + 1}`);
  const servers = names.map((name, index): LabS3 => {
    const data = join(dir.s3, name);
    const port = FIRST_PORT + index * 10;
    return {
      name,
      endpoint: `https://${address}:${port}`,
      plainEndpoint: `http://${address}:${port + 1}`,
      iamEndpoint: `https://${address}:${port + 2}`,
      region: "us-east-1",
      caCertificateFile: ca,
      accessKeyId: `AKIALAB${randomBytes(6).toString("hex").toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString("base64url"),
      objects: join(data, "objects"),
      versions: join(data, "versions"),
    };
  });
  for (const server of servers) {
    const data = join(dir.s3, server.name);
    mkdirSync(data, { recursive: true });
    const log = join(dir.logs, `${server.name}.log`);
    writeS3State(dir, { server, namespace: dir.namespace, gateway, data, certificate, key, log });
  }
  await Promise.all(servers.map(({ name }) => startServer(dir, name, signal)));
  return servers;
}

/** The address of this machine from which it reaches a host. */
export async function addressTowards({ address }: LabHost): Promise<string> {
  // Connecting a datagram socket sends nothing; it looks up the route.
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  try {
    socket.connect(9, address);
    await once(socket, "connect");
    return socket.address().address;
  } finally {
    socket.close();
  }
}
