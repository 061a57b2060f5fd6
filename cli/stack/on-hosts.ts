import type { StackHost, StackState } from "./stack-state.js";

/** The part of a state that is on some of its hosts. */
export function onHosts(state: StackState, hosts: readonly StackHost[]): StackState {
  const isThere = ({ host }: { readonly host: { readonly machineId: string } }) =>
    hosts.some(({ machineId }) => machineId === host.machineId);
  return {
    ...state,
    hosts,
    volumes: state.volumes.filter(isThere),
    backups: state.backups.filter(isThere),
    schedules: state.schedules.filter(isThere),
  };
}
