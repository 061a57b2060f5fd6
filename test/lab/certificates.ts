import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./run-program.js";

/** PEM files of a certificate authority and of a server's certificate that it has signed. */
export interface Certificates {
  ca: string;
  certificate: string;
  key: string;
}

/** Makes a certificate authority and one certificate, for an address; the authority's key is thrown away. */
export async function makeCertificates(
  directory: string,
  address: string,
  options: { logFile: string; signal: AbortSignal },
): Promise<Certificates> {
  const file = (name: string) => join(directory, name);
  const made = { ca: file("ca.pem"), certificate: file("server.pem"), key: file("server.key") };
  const [caKey, request, extensions] = [file("ca.key"), file("server.csr"), file("server.ext")];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const authority = ["-x509", "-days", "30", "-subj", "/CN=lab certificate authority"];
  writeFileSync(extensions, `subjectAltName=IP:${address}\nbasicConstraints=critical,CA:FALSE\n`);
  try {
    await runProgram(["openssl", "req", ...newKey, ...authority, "-keyout", caKey, "-out", made.ca], options);
    await runProgram(
      ["openssl", "req", ...newKey, "-subj", "/CN=lab S3", "-keyout", made.key, "-out", request],
      options,
    );
    const signing = ["-CA", made.ca, "-CAkey", caKey, "-CAcreateserial", "-days", "30", "-extfile", extensions];
    await runProgram(["openssl", "x509", "-req", "-in", request, ...signing, "-out", made.certificate], options);
  } finally {
    for (const path of [caKey, request, extensions, file("ca.srl")]) rmSync(path, { force: true });
  }
  return made;
}
