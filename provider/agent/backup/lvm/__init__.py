"""Logical volumes, snapshots and thin metadata of this host."""
