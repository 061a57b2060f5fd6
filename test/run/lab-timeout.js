// Hosts boot, disks are zeroed and the engine runs: a single test may take minutes. Jest takes no timeout for one project.
jest.setTimeout(600_000);
