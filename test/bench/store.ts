import { readFileSync } from "node:fs";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { PASSWORD } from "../host/backup-host.js";
import { type LabHost, type LabS3, labS3, shOk } from "../lab/index.js";
import { removeBucket, s3Client } from "../support/s3.js";
import { BENCH_FOLDER } from "./meter.js";

/** Of restic, where it is called by hand; not in memory, as {@link BENCH_FOLDER} is. */
const CACHE = "/var/tmp/lab-bench-cache";

/** A bucket of the lab's S3 server, with restic repositories in it. */
export class Store {
  readonly server: LabS3 = labS3();
  readonly bucket = `bench-${Date.now().toString(36)}`;
  readonly #client = s3Client(this.server);
  readonly #host: LabHost;

  private constructor(host: LabHost) {
    this.#host = host;
  }

  /** Makes the bucket, and lets restic on the host reach it. */
  static async open(host: LabHost): Promise<Store> {
    const store = new Store(host);
    const { accessKeyId, secretAccessKey, region, caCertificateFile } = store.server;
    await store.#client.send(new CreateBucketCommand({ Bucket: store.bucket }));
    const settings = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: region,
      RESTIC_CACHE_DIR: CACHE,
      RESTIC_PASSWORD: PASSWORD,
    };
    const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${value}\n`);
    // As stdin and not in the script: secrets must not be in arguments and in errors.
    const put = (file: string, input: string) =>
      shOk(host, `umask 077; mkdir -p ${BENCH_FOLDER} && cat >${BENCH_FOLDER}/${file}`, { input });
    await put("restic.env", lines.join(""));
    await put("ca.pem", readFileSync(caCertificateFile, "utf8"));
    return store;
  }

  /** A repository as requests to the backup program name it. */
  repository(path: string) {
    const { accessKeyId, secretAccessKey, region, caCertificateFile } = this.server;
    const caCertificate = readFileSync(caCertificateFile, "utf8");
    return { url: this.#url(path), password: PASSWORD, region, accessKeyId, secretAccessKey, caCertificate };
  }

  /** restic with a repository, as a shell script calls it after {@link ENVIRONMENT}. */
  restic(path: string): string {
    return `restic -q --cacert ${BENCH_FOLDER}/ca.pem -r ${this.#url(path)}`;
  }

  async close(): Promise<void> {
    await shOk(this.#host, `rm -rf ${CACHE}`);
    await removeBucket(this.#client, this.bucket);
  }

  #url(path: string): string {
    return `s3:${this.server.endpoint}/${this.bucket}/${path}`;
  }
}

/** First line of a script that calls restic. */
export const ENVIRONMENT = `. ${BENCH_FOLDER}/restic.env`;
