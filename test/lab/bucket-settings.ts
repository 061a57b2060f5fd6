import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Settings of a bucket that versitygw does not know, by the name in the query (Amazon S3 API Reference), and their absence's error. */
const settings = {
  lifecycle: "NoSuchLifecycleConfiguration",
  publicAccessBlock: "NoSuchPublicAccessBlockConfiguration",
  encryption: "ServerSideEncryptionConfigurationNotFoundError",
} as const;
type Setting = keyof typeof settings;

/** What is asked about a bucket's setting. */
export interface SettingRequest {
  readonly bucket: string;
  readonly setting: Setting;
  readonly method: string;
}

/** An answer of the S3 API. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The request for one of these settings; undefined when it is for anything else. */
export function settingRequest(method: string, url: string): SettingRequest | undefined {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const bucket = bucketOf(pathname);
  const setting = (Object.keys(settings) as Setting[]).find((name) => searchParams.has(name));
  return bucket === undefined || setting === undefined ? undefined : { bucket, setting, method };
}

/** The bucket that a request deletes; undefined when it does anything else. */
export function deletedBucket(method: string, url: string): string | undefined {
  const { pathname, search } = new URL(url, "http://s3");
  return method === "DELETE" && ["", "?x-id=DeleteBucket"].includes(search) ? bucketOf(pathname) : undefined;
}

/** An error as S3 words it. */
export function errorAnswer(status: number, code: string, message: string): Answer {
  return { status, body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>` };
}

/** Keeps the documents of these settings, unread, in a directory. */
export class BucketSettings {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  answer({ bucket, setting, method }: SettingRequest, body: string): Answer {
    const file = this.#file(bucket, setting);
    if (method === "PUT") {
      writeFileSync(file, body);
      return { status: 200, body: "" };
    }
    if (method === "DELETE") {
      rmSync(file, { force: true });
      return { status: 204, body: "" };
    }
    if (existsSync(file)) return { status: 200, body: readFileSync(file, "utf8") };
    return errorAnswer(404, settings[setting], `The bucket has no ${setting} setting`);
  }

  /** Forgets the settings of a bucket that is gone. */
  forget(bucket: string): void {
    for (const setting of Object.keys(settings) as Setting[]) rmSync(this.#file(bucket, setting), { force: true });
  }

  #file(bucket: string, setting: Setting): string {
    return join(this.#directory, `${bucket}.${setting}.xml`);
  }
}

/** The bucket of a path that names a bucket and no object. */
function bucketOf(pathname: string): string | undefined {
  return /^\/([a-z0-9][a-z0-9.-]+)\/?$/.exec(pathname)?.[1];
}
