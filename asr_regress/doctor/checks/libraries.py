"""torch, and those that have to fit it: torchaudio (which nobody asked for) and transformers."""

from collections.abc import Iterator

from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, note, ok, problem, warning
from asr_regress.doctor.packages import build_of, installed, pip

# https://docs.pytorch.org/audio/2.11.0/installation.html: built against torch's stable ABI, it goes with every later
# torch; each release before goes with the torch of its own version alone.
_STABLE = (2, 11)


def torch(examination: Examination) -> Iterator[Finding]:
    """Whether torch imports, and what it was built for."""
    here, answer = installed("torch"), examination.answer("torch")
    if here is None:  # the packages' check says so
        return
    if answer.trouble is not None:
        again = pip("install", "--force-reinstall", "--no-deps", f"torch=={here}")
        homeless = "temporary directory" in answer.trouble.brief  # the check of that says what to do
        yield problem("torch", f"{here} cannot be imported: {answer.trouble.brief}", *(() if homeless else (again,)))
        return
    values = answer.values
    built = f"CUDA {values['cuda']}" if values["cuda"] else f"ROCm {values['hip']}" if values["hip"] else "CPUs only"
    details = {name: values[name] for name in ("version", "cuda", "hip")}
    yield ok("torch", f"{values['version']}, built for {built}", details)


def torchaudio(examination: Examination) -> Iterator[Finding]:
    """Whether torchaudio, where there is one, fits torch. The gate does not need it, but transformers imports it."""
    here = installed("torchaudio")
    if here is None:
        yield ok("torchaudio", "not installed; nothing here needs it")
        return
    build, torch_build = build_of("torchaudio") or here, build_of("torch") or installed("torch") or "none"
    trouble = examination.answer("torchaudio").trouble
    details = {"version": build, "torch": torch_build}
    if trouble is not None:
        harmful = examination.answer("transformers").trouble is not None
        says = problem if harmful else warning
        taken = ". transformers imports whatever torchaudio it finds, and fails with it" if harmful else ""
        yield says(
            "torchaudio",
            f"{build} does not load beside torch {torch_build}: {trouble.brief}{taken}",
            *_ways(torch_build),
            details=details,
        )
    elif not _belong_together(build, torch_build):
        yield warning(
            "torchaudio",
            f"{build} was made for another torch than {torch_build}: it loads, but may crash when it is used",
            *_ways(torch_build),
            details=details,
        )
    else:
        yield ok("torchaudio", f"{build}, fits torch {torch_build}", details)


def transformers(examination: Examination) -> Iterator[Finding]:
    """Whether what the gate uses of transformers imports."""
    here = installed("transformers")
    answer = examination.answer("transformers")
    if here is None:
        return
    if answer.trouble is None:
        yield ok("transformers", here, {"version": here})
    elif examination.answer("torch").trouble is not None:
        yield note("transformers", f"{here}; not looked at, it needs torch")
    elif "torchaudio" in answer.trouble.through:
        yield problem(
            "transformers",
            f"{here} cannot be imported: it imports torchaudio, which fails (see there)",
        )
    else:
        yield problem(
            "transformers",
            f"{here} cannot be imported: {answer.trouble.brief}",
            f"if it misses something: {pip('install', f'transformers=={here}')}",
            f"if it is broken itself: {pip('install', '--force-reinstall', '--no-deps', f'transformers=={here}')}",
        )


def _ways(torch_build: str) -> tuple[str, ...]:
    """How to mend it: away with it, or another."""
    public, _, label = torch_build.partition("+")
    fitting = f"=={public}" if _release(public) < _STABLE else "==2.11.0" if label else ">=2.11"
    wanted = f"'torchaudio{fitting}{f'+{label}' if label else ''}'"
    command = pip("install", "--force-reinstall", "--no-deps", wanted)
    source = ", with the --index-url that torch was installed from" if label else ""
    return (
        f"the gate does not need it: {pip('uninstall', '-y', 'torchaudio')}",
        f"if something else does: {command}{source}",
    )


def _belong_together(build: str, torch_build: str) -> bool:
    audio, torch_release = _release(build), _release(torch_build)
    return audio == torch_release or (audio >= _STABLE and torch_release >= _STABLE)


def _release(version: str) -> tuple[int, ...]:
    """Major and minor number."""
    return tuple(int(part) for part in version.partition("+")[0].split(".")[:2] if part.isdecimal())
