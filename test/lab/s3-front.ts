import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request as httpsRequest, type Server } from "node:https";
import {
  type Answer,
  BucketSettings,
  deletedBucket,
  errorAnswer,
  type SettingRequest,
  settingRequest,
} from "./bucket-settings.js";

export interface FrontOptions {
  /** Unix socket of the gateway, which speaks TLS too: policies ask whether a request came over TLS. */
  socket: string;
  /** PEM files. */
  certificate: string;
  key: string;
  ca: string;
  /** Where the settings are kept that the gateway does not know. */
  settings: string;
  /** Access key of the account's root, who alone may read and change these. */
  rootAccessKeyId: string;
}

/** The S3 API in front of a gateway: adds the settings of buckets that the gateway lacks and passes on all else unchanged. */
export function s3Front(options: FrontOptions): Server {
  const settings = new BucketSettings(options.settings);
  const agent = new Agent({ keepAlive: true, ca: readFileSync(options.ca), checkServerIdentity: () => undefined });
  const tls = { cert: readFileSync(options.certificate), key: readFileSync(options.key) };
  const front = createServer(tls, (request, response) => {
    const { method = "", url = "" } = request;
    const wanted = settingRequest(method, url);
    // Kept while it goes through: the gateway reads it too, to verify the signature.
    const body: Buffer[] = [];
    if (wanted) request.on("data", (chunk: Buffer) => body.push(chunk));
    const onward = httpsRequest(
      { socketPath: options.socket, agent, method, path: url, headers: request.rawHeaders },
      (found) => {
        const bucket = deletedBucket(method, url);
        if (bucket !== undefined && found.statusCode === 204) settings.forget(bucket);
        // It verifies the signature before it says that it does not know the setting.
        if (wanted && found.statusCode === 501) {
          found.resume();
          send(response, decide(request, wanted, Buffer.concat(body).toString("utf8")));
        } else {
          response.writeHead(found.statusCode ?? 502, found.statusMessage, found.rawHeaders);
          found.pipe(response);
        }
      },
    );
    onward.on("error", (error) => response.destroy(error));
    request.pipe(onward);
    response.on("close", () => onward.destroy());
  });

  const decide = (request: IncomingMessage, wanted: SettingRequest, body: string): Answer => {
    const [, accessKeyId] = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    if (accessKeyId !== options.rootAccessKeyId) return errorAnswer(403, "AccessDenied", "Access Denied");
    return settings.answer(wanted, decoded(request, body));
  };
  return front;
}

/** Takes a body out of the chunks in which AWS's clients send what they sign while they send it (aws-chunked). */
function decoded(request: IncomingMessage, body: string): string {
  if (!`${request.headers["content-encoding"]}`.includes("aws-chunked")) return body;
  return body.slice(body.indexOf("<"), body.lastIndexOf(">") + 1);
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response
    .writeHead(status, { "content-type": "application/xml", "content-length": Buffer.byteLength(body) })
    .end(body);
}
