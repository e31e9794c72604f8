"""The text rules by name.

Adding a family is one new file with a tuple ``RULES`` and one line in ``_FAMILIES``.
"""

import hashlib
from pathlib import Path

from asr_regress.basics.naming import unknown_name
from asr_regress.errors import ConfigurationError
from asr_regress.text import basic, korean, plain, whisper
from asr_regress.text.own import FORM, is_own, own_rules
from asr_regress.text.text_rules import TextRules

DEFAULT_RULES = "basic"

_FAMILIES = (plain.RULES, basic.RULES, whisper.RULES, korean.RULES)
_REGISTERED = {rules.name: rules for family in _FAMILIES for rules in family}


def get_rules(name: str, root: Path | None = None) -> TextRules:
    """The text rules of that name.

    Args:
        name: Of one of the package's, or ``module:function`` for one's own.
        root: The project's folder, where a module of one's own is looked for first; by default where we are.

    Raises:
        ConfigurationError: There are none; the message has the nearest name and the list. Or they cannot be had.
    """
    if is_own(name):
        return own_rules(name, Path.cwd() if root is None else root, _all_built_in)
    try:
        return _REGISTERED[name]
    except KeyError:
        unknown = unknown_name("text rules", name, available_rules())
        raise ConfigurationError(f"{unknown}; or your own as {FORM}") from None


def available_rules() -> tuple[str, ...]:
    """Names of all text rules of the package, the mildest first."""
    return tuple(_REGISTERED)


def _all_built_in() -> str:
    """What a function is bound to that uses some of the package's rules: which, nobody can tell from outside."""
    listed = "\n".join(map(str, _REGISTERED.values()))
    return f"asr_regress's rules {hashlib.sha256(listed.encode()).hexdigest()[:8]}"
