"""Make the pictures of README and docs anew, from a run of the demo's gate and from counts of real recordings.

    make pictures

The run says what `make demo` says of its second model: where a picture changes, so has what the gate says.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / "examples")]

import add_noise  # noqa: E402 - these lie beside this one, and in examples/
import demo  # noqa: E402
import fetch_models  # noqa: E402
import verdicts  # noqa: E402
from measured import Run, run_gate  # noqa: E402
from page import page_picture  # noqa: E402
from terminal import terminal_picture  # noqa: E402

_CODE = re.compile(r"\x1b\[[\d;]*m")
_CUT = "\x1b[36m…\x1b[0m"


def main() -> int:
    """Write all pictures; 0 if they could be made."""
    parser = argparse.ArgumentParser(description="Make the pictures of README and docs anew.")
    parser.add_argument("--no-page", action="store_true", help="leave out the screenshot, which takes a Chromium")
    given = parser.parse_args()
    if fetch_models.main([]) != 0:
        return 1
    models = ROOT / demo.MODELS
    add_noise.add_noise(models / demo.GOOD, models / demo.DAMAGED, demo.STRENGTH, demo.SEED)
    with tempfile.TemporaryDirectory() as folder:
        run = run_gate(Path(folder))
        drawn = {
            "three-answers.svg": verdicts.three_answers(run),
            "drawing-again.svg": verdicts.drawing_again(run),
            "more-data.svg": verdicts.more_data(),
            "speakers.svg": verdicts.speakers(run),
            "many-categories.svg": verdicts.many_categories(run),
            "crying-wolf.svg": verdicts.crying_wolf(),
            "terminal.svg": terminal_picture(excerpt(run), f"$ {run.command}", described(run)),
        }
        for name, picture in drawn.items():
            (HERE / name).write_text(picture, "utf-8")
        if not given.no_page:
            (HERE / "report.png").write_bytes(page_picture(run.page, ROOT))
    print("\n".join(sorted(str(path.relative_to(ROOT)) for path in HERE.iterdir() if path.suffix in (".svg", ".png"))))
    return 0


def excerpt(run: Run) -> str:
    """The tables of CER and the end of what the gate printed; what is left out is marked."""
    lines = run.screen.rstrip("\n").split("\n")
    plain = [_CODE.sub("", line) for line in lines]
    start = next(place for place, line in enumerate(plain) if line.startswith("CER in percent"))
    overview = lines[start : _end_of_table(plain, start)]
    detail = next(place for place, line in enumerate(plain) if re.match(r"category +metric", line))
    end = next(place for place in range(detail, len(plain)) if not plain[place].strip())
    table = [line for line, words in zip(lines[detail:end], plain[detail:end], strict=True) if " WER " not in words]
    last = max(place for place, line in enumerate(plain) if line.startswith("REGRESSED"))
    return "\n".join([*overview, "", _CUT, "", *table, "", _CUT, "", *lines[last:]])


def described(run: Run) -> str:
    """What the picture of the terminal shows, in a sentence."""
    cases = {**run.model["categories"], "TOTAL": run.model["total"]}
    rates = ", ".join(f"{name} {each['cer']['rate']:.2f} ({each['cer']['verdict']})" for name, each in cases.items())
    return f"The gate blocks a damaged model. CER in percent: {rates}."


def _end_of_table(lines: list[str], start: int) -> int:
    """The line after the first table below a title: titles and tables are an empty line apart."""
    first = next(place for place in range(start + 1, len(lines)) if lines[place].strip())
    return next(place for place in range(first, len(lines)) if not lines[place].strip())


if __name__ == "__main__":
    sys.exit(main())
