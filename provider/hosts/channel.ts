import type { Connection } from "../model/connection.js";
import { atMost } from "./at-most.js";
import type { HostError } from "./errors.js";
import { type Observation, readObservation } from "./observation/observation.js";
import { runScript } from "./script/run-script.js";
import { composeScript, type Script, type Section, type Step } from "./script/script.js";
import { lockRefusal, stepOutcome } from "./script/step-outcome.js";
import { Connector } from "./ssh/connector.js";

/** How a step ended: the facts that it reported, and the host after all steps that went with it. */
export interface StepResult {
  readonly facts: ReadonlyMap<string, string>;
  readonly observation: Observation;
}

/** One observation serves all reads for this long, if nothing was changed meanwhile. */
const OBSERVATION_TTL_MS = 30_000;
/** The engine sends its calls one after the other within milliseconds; what arrives together goes together. */
const GATHER_MS = 10;
/**
 * So many scripts that only look run at once. sshd refuses the eleventh session of a connection where nobody has set its
 * MaxSessions (sshd_config(5)); one more is for changes, one for work that is short, and some for work that is long.
 */
const LOOKS_AT_ONCE = 5;
/** So many steps that take as long as their data run at once: they share the host's disks and its way to the store. */
const LONG_AT_ONCE = 2;

interface Waiting {
  readonly step: Step;
  resolve(result: StepResult): void;
  reject(error: unknown): void;
}

/** Sends steps in batches: those that arrive while a script runs become the next script. */
class Lane {
  readonly #send: (steps: readonly Step[]) => Promise<(StepResult | HostError)[]>;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(send: (steps: readonly Step[]) => Promise<(StepResult | HostError)[]>) {
    this.#send = send;
  }

  run(step: Step): Promise<StepResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ step, resolve, reject });
      if (!this.#isRunning) {
        this.#isRunning = true;
        setTimeout(() => void this.#drain(), GATHER_MS);
      }
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const results = await this.#send(batch.map(({ step }) => step));
        batch.forEach(({ resolve, reject }, index) => {
          const result = results[index];
          if (result instanceof Error) reject(result);
          else resolve(result as StepResult);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isRunning = false;
  }
}

/** All traffic of this process with one host: one connection, reads shared, changes batched. */
export class HostChannel {
  readonly #host: string;
  readonly #connection: Connection;
  readonly #connector: Connector;
  readonly #changes: Lane;
  readonly #works: Lane;
  readonly #inTurn = atMost(LOOKS_AT_ONCE);
  readonly #longInTurn = atMost(LONG_AT_ONCE);
  #observed: { promise: Promise<Observation>; until: number } | undefined;
  #hasChanged = false;
  #running = 0;

  constructor(host: string, connection: Connection) {
    this.#host = host;
    this.#connection = connection;
    this.#connector = new Connector(host, connection);
    this.#changes = new Lane((steps) => this.#change(steps, true));
    this.#works = new Lane((steps) => this.#change(steps, false));
  }

  /** True once this process has changed something there: a preview never has. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /**
   * The host as it is, at most some seconds old and never older than the last change of this process.
   * @throws {HostError}
   */
  observe(): Promise<Observation> {
    if (this.#observed === undefined || Date.now() > this.#observed.until) return this.observeNow();
    return this.#observed.promise;
  }

  /**
   * The host as it is from now on, for a process that waits for what another one changes.
   * @throws {HostError}
   */
  observeNow(): Promise<Observation> {
    const promise = this.#inTurn(() => this.#exec(composeScript([], false), [])).then((sections) =>
      readObservation(this.#host, sections),
    );
    this.#remember(promise);
    return promise;
  }

  /**
   * Runs a step that only looks: alone, outside every lock, and at once unless many others do.
   * @returns The facts that it reported.
   * @throws {ScriptError} If the step failed.
   * @throws {HostError}
   */
  async read(step: Step): Promise<ReadonlyMap<string, string>> {
    const script = composeScript([step], false, false);
    const sections = await this.#inTurn(() => this.#exec(script, [step]));
    const outcome = stepOutcome(this.#host, step, 0, sections);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /**
   * Runs a step under the host's lock, together with others that wait.
   * @throws {ScriptError} If this step failed; others of its batch are not affected.
   * @throws {HostError}
   */
  change(step: Step): Promise<StepResult> {
    return this.#changes.run(step);
  }

  /**
   * Runs a step outside the host's lock, under its own. Errors as {@link change}.
   * @param isLong Whether it takes as long as its data, such as a restore: then it goes alone, so that nothing waits for it.
   */
  async work(step: Step, isLong: boolean): Promise<StepResult> {
    if (!isLong) return this.#works.run(step);
    const [result] = await this.#longInTurn(() => this.#change([step], false));
    if (result instanceof Error) throw result;
    return result as StepResult;
  }

  /** Ends the connection. */
  close(): Promise<void> {
    return this.#connector.close();
  }

  #remember(promise: Promise<Observation>): void {
    this.#observed = { promise, until: Number.POSITIVE_INFINITY };
    const observed = this.#observed;
    // The time counts from the answer. A failure is kept as long: the next read would meet the same one.
    void promise
      .catch(() => {})
      .then(() => {
        observed.until = Date.now() + OBSERVATION_TTL_MS;
      });
  }

  async #change(steps: readonly Step[], isLocked: boolean): Promise<(StepResult | HostError)[]> {
    this.#hasChanged = true;
    this.#observed = undefined;
    const sections = await this.#exec(composeScript(steps, isLocked), steps);
    const refused = lockRefusal(this.#host, sections);
    if (refused) throw refused;
    const observation = readObservation(this.#host, sections);
    this.#remember(Promise.resolve(observation));
    return steps.map((step, index) => {
      const outcome = stepOutcome(this.#host, step, index, sections);
      return outcome instanceof Error ? outcome : { facts: outcome, observation };
    });
  }

  async #exec(script: Script, steps: readonly Step[]): Promise<Section[]> {
    const ssh = await this.#connector.get();
    this.#running += 1;
    ssh.hold(true);
    try {
      return await runScript(this.#host, this.#connection, ssh, script, steps);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) ssh.hold(false);
    }
  }
}
