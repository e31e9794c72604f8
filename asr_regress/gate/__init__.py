"""From counts, limits and a baseline to verdicts."""
