"""Tests of ../scheduling."""
