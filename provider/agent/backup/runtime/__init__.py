"""What every command stands on: requests, failures, leases, files and processes."""
