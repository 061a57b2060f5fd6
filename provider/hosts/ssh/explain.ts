import { ConnectionError } from "../errors.js";
import type { Credentials } from "./credentials.js";
import type { Hop } from "./hop.js";

type SshError = Error & { level?: string; code?: string | number };

/** A cause and its cure; `isFinal` when another try meets the same. */
type Meaning = [detail: string, next: string, isFinal?: boolean];

/** What an error of ssh2 or of a socket means to a user. */
export function explain(hop: Hop, error: SshError, login?: Credentials): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const [detail, next, isFinal = false] = ofLogin(hop, error, login) ?? ofNetwork(hop, error);
  return new ConnectionError(hop.host, { detail, next }, { isTransient: !isFinal, cause: error });
}

function ofLogin({ server, endpoint }: Hop, error: SshError, login?: Credentials): Meaning | undefined {
  const names = login?.names.join(" and ");
  if (/too many authentication failures/i.test(error.message)) {
    return [
      `${server} ended the login after too many refused credentials; it was offered ${names}`,
      "Name the one right key with privateKeyFile and leave the agent out, or raise MaxAuthTries in sshd_config there",
      true,
    ];
  }
  if (error.level === "agent") {
    return [
      `the SSH agent at "${login?.config.agent}" cannot be used: ${error.message}`,
      "Start it and see with 'ssh-add -l' that it holds the key, or set privateKeyFile, privateKeyEnv or passwordEnv",
      true,
    ];
  }
  if (error.level === "client-authentication") {
    return [
      `${server} refused every credential; it was offered ${names}`,
      `Add the public key to the authorized_keys of "${endpoint.user}" there, or name another credential in the connection`,
      true,
    ];
  }
  return undefined;
}

function ofNetwork({ server, endpoint, machine }: Hop, error: SshError): Meaning {
  if (error.level === "handshake") {
    return [
      `${server} and this client have nothing in common: ${error.message}`,
      "Update the SSH server there, or allow current algorithms in its sshd_config",
      true,
    ];
  }
  const unreachable: Meaning = [
    `there is no way to ${server} (${error.code})`,
    "Check the network between this machine and the host, and the address",
  ];
  const unresolved: Meaning = [
    `the name "${endpoint.address}" does not resolve (${error.code})`,
    "Set address to a name that resolves where Pulumi runs, or to an IP address",
    error.code === "ENOTFOUND",
  ];
  const known: Record<string, Meaning> = {
    ECONNREFUSED: [`${server} refused the connection`, "Start sshd there, or set address and port to where it listens"],
    ENOTFOUND: unresolved,
    EAI_AGAIN: unresolved,
    EHOSTUNREACH: unreachable,
    ENETUNREACH: unreachable,
    ETIMEDOUT: [
      `${server} did not answer`,
      "Check that the host is up and reachable from where Pulumi runs, and that no firewall is in between",
    ],
  };
  return (
    known[error.code ?? ""] ?? [
      `${server} broke off before the login: ${error.message}`,
      `Check that sshd of ${machine} is what listens there and that its log shows no refusal (MaxStartups, PerSourcePenalties, AllowUsers), then run it again`,
    ]
  );
}
