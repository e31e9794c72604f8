"""The parts of the page: one file each with a `PageSection`, one line each in ``SECTIONS``."""

from asr_regress.reports.html.sections import curve, errors, figures, utterances, verdict

SECTIONS = (
    verdict.SECTION,
    curve.SECTION,
    figures.SECTION,
    errors.SECTION,
    utterances.SECTION,
)
"""In the order of the page and of its navigation."""
