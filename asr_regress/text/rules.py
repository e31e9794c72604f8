"""The text rules by name.

Adding a family is one new file with a tuple ``RULES`` and one line in ``_FAMILIES``.
"""

from asr_regress.errors import ConfigurationError
from asr_regress.naming import unknown_name
from asr_regress.text import basic, plain
from asr_regress.text.text_rules import TextRules

_FAMILIES = (plain.RULES, basic.RULES)
_REGISTERED = {rules.name: rules for family in _FAMILIES for rules in family}


def get_rules(name: str) -> TextRules:
    """The text rules of that name.

    Raises:
        ConfigurationError: There are none; the message has the nearest name and the list.
    """
    try:
        return _REGISTERED[name]
    except KeyError:
        raise ConfigurationError(unknown_name("text rules", name, available_rules())) from None


def available_rules() -> tuple[str, ...]:
    """Names of all text rules, the mildest first."""
    return tuple(_REGISTERED)
