"""Tests of what needs no host: they are not installed there. `npm run unit:python` runs them; test/host has the rest."""
