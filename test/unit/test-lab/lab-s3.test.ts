import { labS3 } from "../../lab/lab-s3.js";

const server = (number: number) => ({
  name: `s3-${number}`,
  endpoint: `https://10.77.0.1:${7440 + number}`,
  plainEndpoint: `http://10.77.0.1:${7540 + number}`,
  iamEndpoint: `https://10.77.0.1:${7640 + number}`,
  region: "us-east-1",
  caCertificateFile: "/tmp/lab/s3/ca.pem",
  accessKeyId: "AKIALAB",
  secretAccessKey: "secret",
  objects: "/tmp/lab/s3/objects",
  versions: "/tmp/lab/s3/versions",
});
const worker = process.env["JEST_WORKER_ID"];

afterEach(() => {
  delete process.env["LAB_S3"];
  if (worker === undefined) delete process.env["JEST_WORKER_ID"];
  else process.env["JEST_WORKER_ID"] = worker;
});

test.each([
  ["1", server(1)],
  ["2", server(2)],
])("labS3() gives worker %s of jest its own server", (id, own) => {
  process.env["LAB_S3"] = JSON.stringify([server(1), server(2)]);
  process.env["JEST_WORKER_ID"] = id;
  expect(labS3()).toEqual(own);
});

test.each([
  ["says how to run a suite without a lab", undefined, /LAB_S3 is not set\nRun the suite inside the lab: npm run e2e/],
  ["refuses an endpoint without TLS", [{ ...server(1), endpoint: "http://10.77.0.1:7441" }], /endpoint/],
  ["refuses an empty list", [], /LAB_S3/],
])("labS3() %s", (_, servers, message) => {
  process.env["JEST_WORKER_ID"] = "1";
  if (servers) process.env["LAB_S3"] = JSON.stringify(servers);
  expect(() => labS3()).toThrow(message);
});
