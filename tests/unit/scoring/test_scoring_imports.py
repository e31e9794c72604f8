import pkgutil
import subprocess
import sys

import asr_regress.scoring
import asr_regress.text

HEAVY = {"torch", "transformers", "evaluate", "datasets", "pandas", "numpy", "jiwer", "scipy", "pyarrow", "wcwidth"}
OTHER_LAYERS = ("corpus", "transcription", "gate", "reports", "session", "plugin", "cli")
MODULES = [
    module.name
    for package in (asr_regress.text, asr_regress.scoring)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


def modules_after_importing_all() -> set[str]:
    code = f"import sys, {', '.join(MODULES)}; print(*sys.modules, sep='\\n')"
    return set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())


def test_text_and_scoring_import_neither_heavy_packages_nor_other_layers() -> None:
    assert "asr_regress.scoring.evaluate_metrics" in MODULES
    loaded = modules_after_importing_all()
    assert loaded.issuperset(MODULES)
    assert not loaded & HEAVY
    assert not {name for name in loaded for layer in OTHER_LAYERS if name.startswith(f"asr_regress.{layer}")}
