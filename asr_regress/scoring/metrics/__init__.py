"""What is counted: one file a family of metrics, and the registry of those that have a name.

Adding a family is one new file with a tuple ``METRICS`` and one line in ``_FAMILIES``.
"""

from asr_regress.errors import ConfigurationError
from asr_regress.naming import unknown_name
from asr_regress.scoring.metrics import character, word
from asr_regress.scoring.metrics.metric import Metric

__all__ = ["DEFAULT_METRICS", "Metric", "available_metrics", "get_metric"]

_FAMILIES = (character.METRICS, word.METRICS)
_REGISTERED = {metric.name: metric for family in _FAMILIES for metric in family}

DEFAULT_METRICS = ("cer", "wer")
"""Names of the metrics that are counted unless others are asked for, in the order of tables."""


def get_metric(name: str) -> Metric:
    """The metric of that name.

    Raises:
        ConfigurationError: There is none; the message has the nearest name and the list.
    """
    try:
        return _REGISTERED[name]
    except KeyError:
        raise ConfigurationError(unknown_name("metric", name, available_metrics())) from None


def available_metrics() -> tuple[str, ...]:
    """Names of all metrics, in the order of tables."""
    return tuple(_REGISTERED)
