"""Tests of ../lvm."""
