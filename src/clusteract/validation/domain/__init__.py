"""Where a model may be asked: inside or outside of what it was trained on, and why."""

from clusteract.validation.domain.border import Border, Judgement
from clusteract.validation.domain.calibration import BorderCheck, check_border

__all__ = ["Border", "BorderCheck", "Judgement", "check_border"]
