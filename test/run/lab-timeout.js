// Hosts boot, disks are zeroed and the engine runs: a single test may take many minutes on a busy machine. Jest takes no timeout for
// one project.
jest.setTimeout(1_800_000);
