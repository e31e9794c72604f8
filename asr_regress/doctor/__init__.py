"""Is this installation fit for the gate, and if not, what mends it.

A check is a function in `checks/` and a line in its table. Whatever runs foreign code (imports, a GPU, a damaged
file) is a probe in `probes/`, run by `child` in a process of its own: it may crash, hang or lie there.
Nothing here imports more than Python's own library: an installation that lacks everything else is examined, too.
"""
