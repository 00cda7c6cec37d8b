"""The bank's own short list of fields (alat); shared concepts come beside it later."""

from enum import Enum


class Field(Enum):
    """A broad field of work or study, wide enough to choose without thinking."""

    HEALTH_SOCIAL = "health_social"
    EDUCATION = "education"
    TECHNOLOGY = "technology"
    ICT = "ict"
    BUSINESS = "business"
    CULTURE = "culture"
    ENVIRONMENT = "environment"
    CONSTRUCTION = "construction"
    HOSPITALITY = "hospitality"
    SAFETY = "safety"
