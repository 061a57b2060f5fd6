import { runtime } from "@pulumi/pulumi";

/** Stands for the deployment of a program that runs without the engine. */
const noDeployment = {};

/**
 * A value that each deployment has for itself. One process may run several, one after the other or side by side: inline
 * programs of the Automation API, tests with mocks.
 * @param make Makes the value when a deployment first asks for it.
 * @returns Finds the value of the deployment whose program calls.
 */
export function perDeployment<T>(make: () => T): () => T {
  const values = new WeakMap<object, { readonly value: T }>();
  return () => {
    // Each deployment has a connection of its own to the engine's resource monitor.
    const deployment = runtime.getMonitor() ?? noDeployment;
    const known = values.get(deployment) ?? { value: make() };
    values.set(deployment, known);
    return known.value;
  };
}
