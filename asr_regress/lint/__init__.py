"""Checks of data before anything is transcribed: one module a family of checks, all of them in `registry`."""
