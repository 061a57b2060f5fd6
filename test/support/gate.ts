import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { LabHost } from "../lab/index.js";

/** A port of this machine that leads to a host's SSH server, as long as a test leaves it so. Counts who comes. */
export class Gate {
  /** Open: to the host. Silent: connections are accepted, and nothing answers. Closed: they are ended at once. */
  mode: "open" | "silent" | "closed" = "open";
  connections = 0;
  /** Where it leads to. */
  host: LabHost;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(host: LabHost) {
    this.host = host;
    this.#server = createServer((socket) => {
      this.connections += 1;
      this.#keep(socket);
      if (this.mode === "closed") socket.end();
      if (this.mode !== "open") return;
      const onward = connect(this.host.port, this.host.address);
      this.#keep(onward);
      socket.pipe(onward).pipe(socket);
    });
  }

  static async open(host: LabHost): Promise<Gate> {
    const gate = new Gate(host);
    gate.#server.listen(0, "127.0.0.1");
    await once(gate.#server, "listening");
    return gate;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Ends every connection that goes through now. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
