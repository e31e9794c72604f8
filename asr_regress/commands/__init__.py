"""The subcommands of `asr-regress`, one file each: `add` registers it, `run` does it and returns the exit code."""
