"""The pieces a device is divided into, and the trees that show them to restic."""
