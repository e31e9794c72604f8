"""Which small changes of the code that decides does no test notice: ``make mutants`` (pip install mutmut).

mutmut changes the modules that pyproject.toml names, one place at a time, and runs the tests that reach it. What it
found stays in build/mutants: started again it goes on, and tries anew what has changed since. The docs say of every
change that no test notices why that is so (docs/tests.md).

The modules are copied, and their properties turned into functions first, for mutmut changes no decorated function.
"""

import argparse
import ast
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "build" / "mutants"
COPIED = (
    "asr_regress",
    "tests/conftest.py",
    "tests/support",
    "tests/data",
    "tests/unit/gate",
    "tests/unit/scoring",
    "conftest.py",
    "pyproject.toml",
    "thresholds.yaml",
)
_RESULT = re.compile(r"^ +(asr_regress\.\S+)\.(\S+?): (.+)$", re.MULTILINE)


def without_properties(source: str) -> str:
    """The same module with ``name = property(name_)`` in the place of each decorated ``name``."""
    lines = source.splitlines(keepends=True)
    found = [
        each
        for kind in ast.walk(ast.parse(source))
        if isinstance(kind, ast.ClassDef)
        for each in kind.body
        if isinstance(each, ast.FunctionDef) and [ast.unparse(one) for one in each.decorator_list] == ["property"]
    ]
    for each in sorted(found, key=lambda one: -one.lineno):
        indent = " " * each.col_offset
        lines.insert(each.end_lineno or each.lineno, f"\n{indent}{each.name} = property({each.name}_)\n")
        lines[each.lineno - 1] = lines[each.lineno - 1].replace(f"def {each.name}(", f"def {each.name}_(")
        del lines[each.decorator_list[0].lineno - 1]
    return "".join(lines)


def copy() -> None:
    """Bring the copy up to date; what is as it was keeps its time, and with it what is known of its mutants."""
    wanted = {
        path.relative_to(ROOT)
        for name in COPIED
        for path in [ROOT / name, *(ROOT / name).rglob("*")]
        if path.is_file() and "__pycache__" not in path.parts
    }
    settings = PLACE / "pyproject.toml"
    if settings.is_file() and settings.read_bytes() != (ROOT / "pyproject.toml").read_bytes():
        shutil.rmtree(PLACE / "mutants", ignore_errors=True)  # a module that is new in the list would not be changed
    for folder in (PLACE / "asr_regress", PLACE / "tests"):
        for path in [*folder.rglob("*.py")]:
            if path.relative_to(PLACE) not in wanted:
                path.unlink()
    for name in sorted(wanted):
        data = (ROOT / name).read_bytes()
        if name.parts[0] == "asr_regress" and name.suffix == ".py":
            data = without_properties(data.decode("utf-8")).encode("utf-8")
        target = PLACE / name
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    shutil.rmtree(PLACE / "mutants" / "tests", ignore_errors=True)


def table(results: str) -> str:
    """What became of the mutants of each module, and those that survived.

    Args:
        results: What ``mutmut results --all true`` prints.
    """
    of: dict[str, Counter[str]] = defaultdict(Counter)
    alive = []
    for module, mutant, result in _RESULT.findall(results):
        of[module][result] += 1
        if result != "killed":
            alive.append(f"{result}: {module}.{mutant}")
    rows = [
        f"{module:44} {sum(counts.values()):5} mutants  "
        + ", ".join(f"{count} {result}" for result, count in counts.most_common())
        for module, counts in sorted(of.items())
    ]
    total = sum(of.values(), Counter())
    summary = f"{sum(total.values())} mutants: " + ", ".join(f"{n} {result}" for result, n in total.most_common())
    return "\n".join([*sorted(alive), "", *rows, "", summary])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mutants", nargs="*", help="only these, such as 'asr_regress.gate.judging.*'")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="the change of each that survived, and run nothing")
    given = parser.parse_args()
    mutmut = [sys.executable, "-m", "mutmut"]
    if not given.show:
        copy()
        subprocess.run([*mutmut, "run", "--max-children", str(given.workers), *given.mutants], cwd=PLACE, check=True)
    results = subprocess.run(
        [*mutmut, "results", "--all", "true"], cwd=PLACE, check=True, text=True, capture_output=True
    )
    if given.show:
        for module, mutant, result in _RESULT.findall(results.stdout):
            if result != "killed":
                subprocess.run([*mutmut, "show", f"{module}.{mutant}"], cwd=PLACE, check=True)
    print(table(results.stdout))


if __name__ == "__main__":
    main()
