"""Tests of ../commands."""
