"""Tests of ../runtime."""
