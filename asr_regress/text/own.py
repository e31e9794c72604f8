"""Text rules of one's own: a function of text, given as ``module:function``.

The module is looked for in the project's folder, then as any other. Whatever the function gives is composed (NFC) and
its white space evened out. What a baseline is bound to: the function's ``version`` attribute where it has one, else the
source of its module and of every module that this one imports from the same project or package.
"""

import functools
import importlib
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from asr_regress.basics.naming import unknown_name
from asr_regress.basics.own_import import importable
from asr_regress.basics.own_source import sources_of
from asr_regress.basics.printable import printable, shorten
from asr_regress.basics.source_digest import source_digest
from asr_regress.errors import ConfigurationError, TextRuleError
from asr_regress.text.plain import plain
from asr_regress.text.text_rules import TextRules

FORM: Final = "module:function"
_NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")
_REMEMBERED: Final = 1 << 17
_TRIED_TWICE: Final = 100
_SHOWN: Final = 60


def is_own(name: str) -> bool:
    """Whether a name is meant as ``module:function``."""
    return ":" in name


def own_rules(name: str, root: Path, built_in: Callable[[], str]) -> TextRules:
    """The rules that a function of the user's makes.

    Args:
        name: As ``module:function``.
        root: The project's folder.
        built_in: What the rules of this package are bound to, in case the function uses them.

    Raises:
        ConfigurationError: There is no such function, or it is not one that text rules can be made of.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"normalize: {shorten(printable(name), _SHOWN)!r} is not of the form {FORM}")
    module_name, _, function_name = name.partition(":")
    module = _imported(name, module_name, root)
    function = _function(name, module, function_name)
    version = _version(name, function)
    own = functools.partial(_source_of, name, module, root, built_in)
    return TextRules(
        name,
        version,
        _applied(name, function),
        does=_first_line(function),
        lengthens="not known",
        settled=False,
        binding=functools.cache(own) if version is None else lambda: "",
    )


def _imported(name: str, module_name: str, root: Path) -> ModuleType:
    with importable(root):
        try:
            return importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
                raise ConfigurationError(
                    f"normalize: {name}: there is no module {error.name!r} in {printable(str(root))}, nor is one "
                    f"installed; write {FORM}, such as text_rules:clean for the function clean in text_rules.py"
                ) from None
            raise _broken(name, error) from error
        except (Exception, SystemExit) as error:
            raise _broken(name, error) from error


def _broken(name: str, error: BaseException) -> ConfigurationError:
    return ConfigurationError(f"normalize: {name}: the module cannot be imported: {_in_words(error)}")


def _function(name: str, module: ModuleType, function_name: str) -> Callable[[str], Any]:
    function = getattr(module, function_name, None)
    if callable(function):
        return function  # type: ignore[no-any-return]
    if function is not None:
        raise ConfigurationError(f"normalize: {name}: {function_name} is no function but {type(function).__name__}")
    known = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
    where = printable(str(getattr(module, "__file__", module.__name__)))
    raise ConfigurationError(f"normalize: {where}: {unknown_name('function', function_name, known)}")


def _version(name: str, function: Callable[[str], Any]) -> int | str | None:
    version = getattr(function, "version", None)
    if version is None or (isinstance(version, int) and not isinstance(version, bool)):
        return version
    if isinstance(version, str) and version.strip() and version.isprintable() and len(version) <= _SHOWN:
        return version
    raise ConfigurationError(f"normalize: {name}: its version has to be a number or a short text, not {version!r:.60}")


def _source_of(name: str, module: ModuleType, root: Path, built_in: Callable[[], str]) -> str:
    found = sources_of(module, root)
    if not found.paths:
        raise ConfigurationError(
            f"normalize: {name}: its source cannot be read, so nothing tells one version from the next: give the "
            f"function a version, as in `{name.partition(':')[2]}.version = 1`"
        )
    return f"source {source_digest(found.paths)}" + (f", {built_in()}" if found.uses_package else "")


def _applied(name: str, function: Callable[[str], Any]) -> Callable[[str], str]:
    """Remembers what was asked: references are normalized for every model, and once more before the first."""
    tried = iter(range(_TRIED_TWICE))

    def once(text: str) -> str:
        try:
            found = function(text)
        except Exception as error:
            raise TextRuleError(f"normalize: {name} failed: {_in_words(error)}", text) from error
        if not isinstance(found, str):
            raise TextRuleError(f"normalize: {name} gave {type(found).__name__} and not text", text)
        return plain(found)

    @functools.lru_cache(_REMEMBERED)
    def apply(text: str) -> str:
        found = once(text)
        if next(tried, None) is not None and once(text) != found:
            raise TextRuleError(f"normalize: {name} gave two different texts for one and the same", text)
        return found

    return apply


def _first_line(function: Callable[[str], Any]) -> str:
    lines = (getattr(function, "__doc__", None) or "").strip().splitlines()
    return printable(lines[0].strip()) if lines else "your own"


def _in_words(error: BaseException) -> str:
    """What was raised and where, on one line."""
    trace, where = error.__traceback__, ""
    while trace is not None:
        where = f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})"
        trace = trace.tb_next
    return printable(shorten(f"{type(error).__name__}: {error}", 200)) + where
