import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"

# The benchmarks are scripts, not a package: they find one another beside themselves, as here.
if str(BENCHMARKS) not in sys.path:
    sys.path.append(str(BENCHMARKS))
