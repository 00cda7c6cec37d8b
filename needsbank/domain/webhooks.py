"""Webhooks: what the channels of Teams and Slack may be told, which is little."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.outbox import Channel

NAME_MAX = 120
URL_MAX = 2000
MORNING_LASTS = timedelta(hours=3)
"""After which nobody is told any more what waits this morning."""
WEBHOOK_CHANNELS = (Channel.TEAMS, Channel.SLACK)


class WebhookEvent(Enum):
    """What a channel is told of: that it happened and where to look, never what it is about."""

    MORNING = "morning"
    """Each morning, how much waits for whom."""
    THROWN = "thrown"
    UNDER_WAY = "under_way"
    HANDED_OVER = "handed_over"
    IN_USE = "in_use"


OF_STAGE = {
    Stage.THROWN: WebhookEvent.THROWN,
    Stage.UNDER_WAY: WebhookEvent.UNDER_WAY,
    Stage.HANDED_OVER: WebhookEvent.HANDED_OVER,
    Stage.IN_USE: WebhookEvent.IN_USE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeWebhook:
    """Add a channel that is told of some events, once it has been turned on."""

    name: str
    channel: Channel
    url: str
    language: Language
    events: frozenset[WebhookEvent]
