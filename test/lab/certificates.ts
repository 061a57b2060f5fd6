import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./run-program.js";

/** PEM files of a certificate authority and of a server's certificate that it has signed. */
export interface Certificates {
  ca: string;
  certificate: string;
  key: string;
}

/**
 * How well an authority and what it signs are made: as RFC 5280 wants them (section 4.2.1), or as people make them who found
 * two lines of openssl on the web, which Go takes and Python 3.13 by itself does not.
 */
export type Care = "proper" | "lax";

const authorityExtensions: Record<Care, string[]> = {
  proper: [
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier=hash",
    "authorityKeyIdentifier=keyid:always",
  ],
  lax: ["basicConstraints=CA:TRUE"],
};
const serverExtensions: Record<Care, string[]> = {
  proper: [
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature",
    "extendedKeyUsage=serverAuth",
    "subjectKeyIdentifier=hash",
    "authorityKeyIdentifier=keyid:always",
  ],
  lax: [],
};

export interface CertificatesRequest {
  /** Where the files go. */
  directory: string;
  /** Of the server. */
  address: string;
  care: Care;
}

/** Makes a certificate authority and one certificate, for an address; the authority's key is thrown away. */
export async function makeCertificates(
  { directory, address, care }: CertificatesRequest,
  options: { logFile: string; signal: AbortSignal },
): Promise<Certificates> {
  const file = (name: string) => join(directory, name);
  const made = { ca: file("ca.pem"), certificate: file("server.pem"), key: file("server.key") };
  const [caKey, request, settings] = [file("ca.key"), file("server.csr"), file("openssl.cnf")];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", settings];
  const authority = ["-x509", "-days", "30", "-subj", "/CN=lab certificate authority", "-extensions", "authority"];
  // A file of its own: what the machine's one adds to an authority differs from release to release.
  writeFileSync(
    settings,
    [
      "[req]",
      "distinguished_name=name",
      "[name]",
      "[authority]",
      ...authorityExtensions[care],
      "[server]",
      `subjectAltName=IP:${address}`,
      ...serverExtensions[care],
      "",
    ].join("\n"),
  );
  try {
    await runProgram(["openssl", "req", ...newKey, ...authority, "-keyout", caKey, "-out", made.ca], options);
    await runProgram(
      ["openssl", "req", ...newKey, "-subj", "/CN=lab S3", "-keyout", made.key, "-out", request],
      options,
    );
    const extensions = ["-extfile", settings, "-extensions", "server"];
    const signing = ["-CA", made.ca, "-CAkey", caKey, "-CAcreateserial", "-days", "30", ...extensions];
    await runProgram(["openssl", "x509", "-req", "-in", request, ...signing, "-out", made.certificate], options);
  } finally {
    for (const path of [caKey, request, settings, file("ca.srl")]) rmSync(path, { force: true });
  }
  return made;
}
