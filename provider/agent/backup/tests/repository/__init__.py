"""Tests of ../repository."""
