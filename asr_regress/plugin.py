"""pytest hooks and fixtures of the gate, nothing else."""
