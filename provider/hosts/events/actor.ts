import { hostname, userInfo } from "node:os";

/** Variables in which CI systems give the address of the run, and pull-free ones where there is only a number. */
const CI_RUN_URLS = ["CI_JOB_URL", "BUILD_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL", "TRAVIS_BUILD_WEB_URL"];

function ciRun(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  if (server && repository && run) return `${server}/${repository}/actions/runs/${run}`;
  return CI_RUN_URLS.map((name) => env[name]).find((url) => url);
}

/** The user's name; in a container whose user has no entry in passwd, what the environment or the system says. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env["USER"] ?? `uid ${process.getuid?.()}`;
  }
}

/** Who acts, for the event log of a host: JSON of one member, without the braces around it. */
export function actorJson(owner: string): string {
  const [organization, project, stack] = owner.split("/");
  const actor = {
    user: `${userName()}@${hostname()}`,
    stack: `${organization}/${project}/${stack}`,
    ci: ciRun(process.env),
  };
  return `"actor":${JSON.stringify(actor)}`;
}
