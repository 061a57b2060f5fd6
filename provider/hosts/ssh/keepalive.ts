import type { Client } from "ssh2";

const INTERVAL_MS = 10_000;
const MAX_UNANSWERED = 3;

/**
 * Asks the server every 10 s for a sign of life, and calls `onSilence` once when three questions in a row had no answer.
 * Not ssh2's own keepalive: its timer keeps the process alive, and a program that has read a host must be able to end.
 */
export function keepAlive(client: Client, onSilence: () => void): void {
  let unanswered = 0;
  const timer = setInterval(() => {
    if (unanswered >= MAX_UNANSWERED) {
      clearInterval(timer);
      onSilence();
      return;
    }
    unanswered += 1;
    try {
      // A global request that wants a reply, which every server must give, even if it is a no (RFC 4254, section 4).
      // There is nothing to cancel at port 1, and ssh2 offers no other such request that changes nothing.
      client.unforwardIn("", 1, () => {
        unanswered = 0;
      });
    } catch {
      // The connection has ended; whoever uses it hears of that from ssh2.
      clearInterval(timer);
    }
  }, INTERVAL_MS);
  timer.unref();
  client.once("close", () => clearInterval(timer));
}
