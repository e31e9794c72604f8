"""Finished runs as they are kept: written at a gate's end, found, read and compared later."""
