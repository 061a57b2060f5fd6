import { hostname, userInfo } from "node:os";
import { actorJson } from "../../../../../provider/hosts/events/actor.js";

const CI_VARIABLES = [
  "GITHUB_SERVER_URL",
  "GITHUB_REPOSITORY",
  "GITHUB_RUN_ID",
  "CI_JOB_URL",
  "BUILD_URL",
  "BUILDKITE_BUILD_URL",
  "CIRCLE_BUILD_URL",
  "TRAVIS_BUILD_WEB_URL",
];

describe("actorJson", () => {
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of CI_VARIABLES) delete process.env[name];
  });
  afterEach(() => {
    process.env = { ...before };
  });

  const actor = (owner = "acme/infra/prod/volume/data"): unknown =>
    (JSON.parse(`{${actorJson(owner)}}`) as { actor: unknown }).actor;
  const user = `${userInfo().username}@${hostname()}`;

  test("names the user, the machine and the stack", () => {
    expect(actor()).toEqual({ user, stack: "acme/infra/prod" });
  });

  test("gives the address of the run in GitHub Actions", () => {
    Object.assign(process.env, {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "acme/infra",
      GITHUB_RUN_ID: "42",
    });
    expect(actor()).toEqual({ user, stack: "acme/infra/prod", ci: "https://github.com/acme/infra/actions/runs/42" });
  });

  test.each(CI_VARIABLES.slice(3))("gives the address of the run from %s", (name) => {
    process.env[name] = "https://ci.example.org/run/1";
    expect(actor()).toMatchObject({ ci: "https://ci.example.org/run/1" });
  });

  test("is one line of JSON, whatever the stack is called", () => {
    const text = actorJson('acme/in"fra\n/\\prod/volume/data');
    expect(text).not.toContain("\n");
    expect(actor('acme/in"fra\n/\\prod/volume/data')).toEqual({ user, stack: 'acme/in"fra\n/\\prod' });
  });
});
