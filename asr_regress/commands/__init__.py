"""The subcommands of `asr-regress`, one file each: `add` registers it, `run` does it and returns the exit code.

Beside them stands what several share (`command`, `kept_runs`) and what `calibrate` works out (`calibration`).
"""
