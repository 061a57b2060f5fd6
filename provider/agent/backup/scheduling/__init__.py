"""Runs that a timer starts: their hooks, their ends and who is told."""
