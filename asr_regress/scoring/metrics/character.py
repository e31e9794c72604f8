"""Character error rate: edits of code points, spaces between words among them, as jiwer and HF evaluate count."""

from asr_regress.scoring.metrics.edits import count_edits
from asr_regress.scoring.metrics.metric import Metric

METRICS = (Metric(name="cer", title="CER", unit="characters", version=1, count=count_edits),)
