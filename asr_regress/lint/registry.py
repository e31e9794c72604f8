"""All checks. Adding one is a function in a family's module and a line in its ``CHECKS``; a family is a line here."""

from asr_regress.lint import amounts, duplicates, entries, leakage, pace, recordings, references, scripts

_FAMILIES = (entries, recordings, pace, references, scripts, duplicates, leakage, amounts)
CHECKS = tuple(check for family in _FAMILIES for check in family.CHECKS)
