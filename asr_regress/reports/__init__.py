"""What people and scripts get to see of a run: one file an output, each a pure function of the outcome."""
