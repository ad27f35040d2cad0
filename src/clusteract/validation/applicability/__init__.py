"""Where a model may be asked: inside or outside of what it was trained on, and why."""

from clusteract.validation.applicability.check import ApplicabilityCheck
from clusteract.validation.applicability.domain import ApplicabilityDomain, Judgement

__all__ = ["ApplicabilityCheck", "ApplicabilityDomain", "Judgement"]
