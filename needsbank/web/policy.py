"""Who may call which route, as one table; a route without a row is not served."""

from enum import Enum

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

from needsbank.domain.errors import NotAllowed
from needsbank.domain.roles import Actor, may_manage_organisations
from needsbank.web.security import current_actor, to_sign_in


class Access(Enum):
    """Who a route is for. What a route shows of an object is the query's business."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed_in"
    CATCHERS = "catchers"
    """Ambassadors and coordinators, who catch ideas and carry them on."""
    COORDINATORS = "coordinators"
    KEEPERS = "keepers"
    """Coordinators and admins, who keep the organisations and see the sources."""
    ADMINS = "admins"


POLICY: dict[str, Access] = {
    "static": Access.EVERYONE,
    "front.home": Access.EVERYONE,
    "front.about": Access.EVERYONE,
    "front.health": Access.EVERYONE,
    "front.choose_language": Access.EVERYONE,
    "front.search": Access.EVERYONE,
    "front.favicon": Access.EVERYONE,
    "security.login": Access.EVERYONE,
    "security.logout": Access.EVERYONE,
    "security.change_password": Access.SIGNED_IN,
    "account.show": Access.SIGNED_IN,
    "account.end_session": Access.SIGNED_IN,
    "account.end_other_sessions": Access.SIGNED_IN,
    "account.my_page": Access.SIGNED_IN,
    "account.put_away_notice": Access.SIGNED_IN,
    "account.put_message_away": Access.SIGNED_IN,
    "account.put_messages_away": Access.SIGNED_IN,
    "needs.listed": Access.EVERYONE,
    "needs.show": Access.EVERYONE,
    "needs.status": Access.EVERYONE,
    "needs.new": Access.SIGNED_IN,
    "needs.create": Access.SIGNED_IN,
    "needs.similar": Access.SIGNED_IN,
    "needs.compare_text": Access.SIGNED_IN,
    "needs.compare_need": Access.SIGNED_IN,
    "needs.edit": Access.SIGNED_IN,
    "needs.change": Access.SIGNED_IN,
    "needs.open_": Access.SIGNED_IN,
    "needs.withdraw": Access.SIGNED_IN,
    "needs.restore": Access.SIGNED_IN,
    "needs.closing": Access.SIGNED_IN,
    "needs.close": Access.SIGNED_IN,
    "supports.ask": Access.SIGNED_IN,
    "supports.give": Access.SIGNED_IN,
    "supports.withdraw": Access.SIGNED_IN,
    "adoptions.ask": Access.SIGNED_IN,
    "adoptions.adopt": Access.SIGNED_IN,
    "adoptions.take_back": Access.SIGNED_IN,
    "competences.listed": Access.EVERYONE,
    "competences.show": Access.EVERYONE,
    "competences.new": Access.SIGNED_IN,
    "competences.create": Access.SIGNED_IN,
    "competences.edit": Access.SIGNED_IN,
    "competences.change": Access.SIGNED_IN,
    "competences.open_": Access.SIGNED_IN,
    "competences.close": Access.SIGNED_IN,
    "prior_works.listed": Access.EVERYONE,
    "prior_works.show": Access.EVERYONE,
    "sources.listed": Access.KEEPERS,
    "sources.show": Access.KEEPERS,
    "sources.progress": Access.KEEPERS,
    "sources.new": Access.ADMINS,
    "sources.create": Access.ADMINS,
    "sources.edit": Access.ADMINS,
    "sources.change": Access.ADMINS,
    "sources.pause": Access.ADMINS,
    "sources.resume": Access.ADMINS,
    "sources.fetch": Access.ADMINS,
    "sources.cancel": Access.ADMINS,
    "uploads.new": Access.ADMINS,
    "uploads.create": Access.ADMINS,
    "uploads.show": Access.ADMINS,
    "uploads.take_in": Access.ADMINS,
    "uploads.discard": Access.ADMINS,
    "organisations.listed": Access.EVERYONE,
    "organisations.show": Access.EVERYONE,
    "organisations.new": Access.KEEPERS,
    "organisations.create": Access.KEEPERS,
    "organisations.edit": Access.KEEPERS,
    "organisations.change": Access.KEEPERS,
    "organisations.add_unit": Access.KEEPERS,
    "pairings.listed": Access.SIGNED_IN,
    "pairings.show": Access.SIGNED_IN,
    "pairings.answer": Access.SIGNED_IN,
    "coordination.queue": Access.COORDINATORS,
    "coordination.need": Access.COORDINATORS,
    "coordination.suggestion": Access.COORDINATORS,
    "coordination.decide": Access.COORDINATORS,
    "verdicts.judge": Access.COORDINATORS,
    "verdicts.take_back": Access.COORDINATORS,
    "coordination.log": Access.COORDINATORS,
    "duplicates.listed": Access.COORDINATORS,
    "merges.listed": Access.COORDINATORS,
    "merges.new": Access.COORDINATORS,
    "merges.create": Access.COORDINATORS,
    "merges.show": Access.COORDINATORS,
    "merges.undo": Access.COORDINATORS,
    "merges.objecting": Access.SIGNED_IN,
    "merges.object_": Access.SIGNED_IN,
    "administration.matcher": Access.ADMINS,
    "administration.promote": Access.ADMINS,
    "administration.roll_back": Access.ADMINS,
    "messages.listed": Access.ADMINS,
    "messages.send_again": Access.ADMINS,
    "messages.send_unreached_again": Access.ADMINS,
    "messages.leave": Access.ADMINS,
    "webhooks.listed": Access.ADMINS,
    "webhooks.create": Access.ADMINS,
    "webhooks.try_": Access.ADMINS,
    "webhooks.turn_on": Access.ADMINS,
    "webhooks.turn_off": Access.ADMINS,
    "webhooks.remove": Access.ADMINS,
    "mail.show": Access.SIGNED_IN,
    "mail.choose": Access.SIGNED_IN,
    "mail.stopping": Access.EVERYONE,
    "mail.stop": Access.EVERYONE,
    "calendars.feeds": Access.SIGNED_IN,
    "calendars.make": Access.SIGNED_IN,
    "calendars.revoke": Access.SIGNED_IN,
    "calendars.read": Access.EVERYONE,
}


def allows(access: Access, actor: Actor) -> bool:
    """Whether the actor may call a route with this access."""
    match access:
        case Access.EVERYONE:
            return True
        case Access.SIGNED_IN:
            return actor.is_known
        case Access.CATCHERS:
            return actor.catches
        case Access.COORDINATORS:
            return actor.coordinates
        case Access.KEEPERS:
            return may_manage_organisations(actor)
        case Access.ADMINS:
            return actor.administers


def enforce(app: Flask) -> None:
    """Have every request of the app checked against the table."""

    @app.before_request
    def check_policy() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        if request.endpoint not in POLICY:
            abort(404)
        actor = current_actor()
        if allows(POLICY[request.endpoint], actor):
            return None
        if not actor.is_known:
            return to_sign_in()
        raise NotAllowed(request.endpoint)
