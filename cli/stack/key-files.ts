import { isAbsolute, join } from "node:path";
import type { Connection } from "../../provider/model/connection.js";

/** The connection with private key files as a program that runs in the folder sees them. */
export function resolveKeyFiles(connection: Connection, folder: string): Connection {
  const resolved = <E extends { privateKeyFile?: string | undefined }>(endpoint: E): E => {
    const { privateKeyFile: file } = endpoint;
    if (file === undefined || isAbsolute(file) || file.startsWith("~/")) return endpoint;
    return { ...endpoint, privateKeyFile: join(folder, file) };
  };
  return { ...resolved(connection), jumpHosts: connection.jumpHosts.map(resolved) };
}
