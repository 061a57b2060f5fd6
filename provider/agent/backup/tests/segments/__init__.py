"""Tests of ../segments."""
