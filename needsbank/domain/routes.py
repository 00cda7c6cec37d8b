"""Routes (reitit): how the coordination team decides that a matter is taken forward."""

from enum import Enum


class Route(Enum):
    """The nine ways onward; each is chosen with a reason."""

    MINNO = "minno"
    """A project of a student team in a round."""
    THESIS = "thesis"
    SERVICE = "service"
    """A new service is started."""
    PROJECT = "project"
    """A larger project (hanke) with funding."""
    ADOPT = "adopt"
    """What exists already is taken into use."""
    ADVISE = "advise"
    REFER = "refer"
    """Somebody else is the right one to answer."""
    PARK = "park"
    """It comes back on a date."""
    DECLINE = "decline"
