"""Coverage-guided fuzzing of a reader: ``python tests/fuzz/fuzz.py READER --seconds 60`` (pip install atheris).

Without a reader it lists them. A crash is written to tests/fuzz/crashers/READER-HASH; the tests run every file there,
so a finding that is mended stays as a test.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
FOLDER = "ASR_REGRESS_FUZZ_FOLDER"
SECONDS_PER_INPUT = 20
MEGABYTES = 2048


def load_targets() -> ModuleType:
    """The module beside this one: tests are no package."""
    spec = importlib.util.spec_from_file_location("asr_regress_fuzz_targets", HERE / "targets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", nargs="?", help="which one; without it they are listed")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, help="folder of interesting inputs, which is added to")
    parser.add_argument("--max-length", type=int, default=4096, help="bytes of an input")
    given = parser.parse_args()

    if FOLDER not in os.environ:  # the fuzzer ends its process at once, whatever it leaves behind
        shared = Path("/dev/shm")
        with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
            sys.exit(subprocess.run([sys.executable, *sys.argv], env={**os.environ, FOLDER: folder}).returncode)

    import atheris

    with atheris.instrument_imports(include=["asr_regress", "yaml"]):
        module = load_targets()
    if given.reader not in module.TARGETS:
        sys.exit(f"readers: {', '.join(module.TARGETS)}")
    target = module.TARGETS[given.reader]

    corpus = given.corpus or module.folder() / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = corpus.parent / f"{given.reader}.dict"
    lines = {"".join(f"\\x{byte:02x}" for byte in token) for token in target.tokens if token}
    words.write_text("".join(f'"{line}"\n' for line in sorted(lines)))
    crashers = HERE / "crashers"
    crashers.mkdir(exist_ok=True)
    options = [
        f"-max_total_time={given.seconds}",
        f"-max_len={given.max_length}",
        f"-timeout={SECONDS_PER_INPUT}",
        f"-rss_limit_mb={MEGABYTES}",
        *([f"-dict={words}"] if lines else []),
        f"-artifact_prefix={crashers / given.reader}-",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target.check)
    os.nice(5)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
