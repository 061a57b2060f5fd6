import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { type LabS3, makeCertificates } from "../lab/index.js";

/** Another door to an S3 server of the lab, with a certificate of another authority. */
export interface TlsFront {
  readonly endpoint: string;
  /** PEM. */
  readonly caCertificate: string;
  /** PEM of the server's own certificate. */
  readonly certificate: string;
  close(): void;
}

/** Opens one whose authority is as lax as those that people make by hand. */
export async function laxFront(server: LabS3): Promise<TlsFront> {
  const { hostname, port } = new URL(server.endpoint);
  const directory = mkdtempSync(join(tmpdir(), "pulumi-lvm-tls-"));
  try {
    const files = await makeCertificates(
      { directory, address: hostname, care: "lax" },
      { logFile: join(directory, "log"), signal: new AbortController().signal },
    );
    const read = (file: string) => readFileSync(file, "utf8");
    const [caCertificate, certificate, key] = [read(files.ca), read(files.certificate), read(files.key)];
    const ca = read(server.caCertificateFile);
    const open = new Set<Socket>();
    const front = createServer({ cert: certificate, key }, (near) => {
      const far = connect({ host: hostname, port: Number(port), ca });
      for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
        open.add(socket);
        socket.on("error", () => other.destroy()).on("close", () => open.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
    await once(front.listen(0, hostname), "listening");
    return {
      endpoint: `https://${hostname}:${(front.address() as AddressInfo).port}`,
      caCertificate,
      certificate,
      close: () => {
        front.close();
        for (const socket of open) socket.destroy();
      },
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
