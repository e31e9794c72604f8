"""Write a truly worse copy of a checkpoint: Gaussian noise on its weight matrices.

python examples/add_noise.py models/whisper-base models/whisper-base-noisy --strength 0.15 --seed 0
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

WEIGHTS = "model.safetensors"
DEFAULT_STRENGTH = 0.15


def add_noise(source: Path, target: Path, strength: float, seed: int) -> int:
    """Write ``target``, a copy of ``source`` with noise on each floating-point weight of two or more dimensions.

    The noise has a standard deviation of ``strength`` times the weight's own. Weights keep their data type. The same
    source, strength and seed give the same weights.

    Returns:
        How many weights were changed.

    Raises:
        FileNotFoundError: ``source`` has no ``model.safetensors``.
    """
    from safetensors.torch import load_file, save_file

    if not (source / WEIGHTS).is_file():
        raise FileNotFoundError(
            f"{source / WEIGHTS}: no such file; give a checkpoint folder with unsharded safetensors"
        )
    tensors = load_file(source / WEIGHTS)
    changed = _disturb(tensors, strength, seed)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Made whole beside the target, then moved there, so that a killed run leaves no half of a checkpoint.
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=target.parent) as folder:
        made = Path(folder) / "checkpoint"
        shutil.copytree(source, made, ignore=shutil.ignore_patterns(WEIGHTS))
        save_file(tensors, made / WEIGHTS, metadata={"format": "pt"})
        if target.exists():
            shutil.rmtree(target)
        made.replace(target)
    return changed


def _disturb(tensors: dict[str, torch.Tensor], strength: float, seed: int) -> int:
    import torch

    generator = torch.Generator().manual_seed(seed)
    matrices = [name for name in sorted(tensors) if tensors[name].ndim >= 2 and tensors[name].is_floating_point()]
    for name in matrices:
        weight = tensors[name].float()
        noise = torch.randn(weight.shape, generator=generator)
        tensors[name] = (weight + strength * weight.std() * noise).to(tensors[name].dtype)
    return len(matrices)


def main(argv: list[str] | None = None) -> int:
    """Write the noisy copy that the command line asks for; 0 when written, 1 with a message when not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="a checkpoint folder with model.safetensors")
    parser.add_argument("target", type=Path, help="the folder to write, replaced if it exists")
    parser.add_argument("--strength", type=float, default=DEFAULT_STRENGTH, help="in standard deviations (%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    if options.source.resolve() == options.target.resolve():
        parser.error("SOURCE and TARGET are the same folder")
    try:
        changed = add_noise(options.source, options.target, options.strength, options.seed)
    except OSError as error:
        print(f"add_noise: error: {error}", file=sys.stderr)
        return 1
    print(
        f"add_noise: {options.target}: noise of {options.strength} standard deviations on {changed} weights",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
