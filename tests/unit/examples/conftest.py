import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

# The examples are scripts, not a package: they find one another beside themselves, as here.
if str(EXAMPLES) not in sys.path:
    sys.path.append(str(EXAMPLES))
