"""Checkpoints in a folder: what they are, whether they are whole and safe to load. Loads nothing."""
