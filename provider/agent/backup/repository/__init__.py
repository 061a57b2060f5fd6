"""What a backup target holds of a volume: the restic repository and what lies beside it."""
