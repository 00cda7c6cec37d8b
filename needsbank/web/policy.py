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
    "journeys.path": Access.EVERYONE,
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
    "needs.confirm": Access.SIGNED_IN,
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
    "competences.confirm": Access.SIGNED_IN,
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
    "matters.listed": Access.COORDINATORS,
    "matters.show": Access.COORDINATORS,
    "matters.decide": Access.COORDINATORS,
    "matters.decide_on_need": Access.COORDINATORS,
    "matters.reconsider": Access.COORDINATORS,
    "matters.answer": Access.CATCHERS,
    "matters.send_answer": Access.CATCHERS,
    "representatives.naming": Access.SIGNED_IN,
    "representatives.name": Access.SIGNED_IN,
    "representatives.invited": Access.EVERYONE,
    "representatives.accept": Access.EVERYONE,
    "representatives.decline": Access.EVERYONE,
    "duplicates.listed": Access.COORDINATORS,
    "merges.listed": Access.COORDINATORS,
    "merges.new": Access.COORDINATORS,
    "merges.create": Access.COORDINATORS,
    "merges.show": Access.COORDINATORS,
    "merges.undo": Access.COORDINATORS,
    "merges.objecting": Access.SIGNED_IN,
    "merges.object_": Access.SIGNED_IN,
    "workshops.listed": Access.SIGNED_IN,
    "workshops.new": Access.SIGNED_IN,
    "workshops.create": Access.SIGNED_IN,
    "workshops.show": Access.SIGNED_IN,
    "workshops.calendar": Access.SIGNED_IN,
    "workshops.sheet": Access.SIGNED_IN,
    "workshops.withdraw": Access.SIGNED_IN,
    "workshops.decline": Access.COORDINATORS,
    "workshop_times.planning": Access.COORDINATORS,
    "workshop_times.confirm": Access.COORDINATORS,
    "workshop_times.moving": Access.CATCHERS,
    "workshop_times.move": Access.CATCHERS,
    "workshop_times.calling_off": Access.CATCHERS,
    "workshop_times.call_off": Access.CATCHERS,
    "workshop_times.cancelling": Access.SIGNED_IN,
    "workshop_times.cancel": Access.SIGNED_IN,
    "boards.show": Access.CATCHERS,
    "boards.open_": Access.CATCHERS,
    "boards.step": Access.CATCHERS,
    "boards.add_from_paper": Access.CATCHERS,
    "boards.take_caught": Access.CATCHERS,
    "boards.suggest": Access.CATCHERS,
    "boards.make_group": Access.CATCHERS,
    "boards.change_group": Access.CATCHERS,
    "boards.move_idea": Access.CATCHERS,
    "boards.word": Access.CATCHERS,
    "boards.hand_over": Access.CATCHERS,
    "taking_part.show": Access.EVERYONE,
    "taking_part.join": Access.EVERYONE,
    "taking_part.add_idea": Access.EVERYONE,
    "taking_part.place_dot": Access.EVERYONE,
    "collaborations.listed": Access.SIGNED_IN,
    "collaborations.show": Access.SIGNED_IN,
    "collaborations.take_role": Access.SIGNED_IN,
    "collaborations.goal": Access.SIGNED_IN,
    "collaborations.set_goal": Access.SIGNED_IN,
    "collaborations.inviting": Access.SIGNED_IN,
    "collaborations.invite": Access.SIGNED_IN,
    "collaborations.add_milestone": Access.SIGNED_IN,
    "collaborations.tick": Access.SIGNED_IN,
    "collaborations.write_note": Access.SIGNED_IN,
    "collaborations.asking": Access.SIGNED_IN,
    "collaborations.ask": Access.SIGNED_IN,
    "collaborations.questions": Access.COORDINATORS,
    "collaborations.answering": Access.COORDINATORS,
    "collaborations.answer": Access.COORDINATORS,
    "shared_files.bring": Access.SIGNED_IN,
    "shared_files.fetch": Access.SIGNED_IN,
    "shared_files.remove": Access.SIGNED_IN,
    "handing_over.agreement": Access.SIGNED_IN,
    "handing_over.accept_agreement": Access.SIGNED_IN,
    "handing_over.offering": Access.SIGNED_IN,
    "handing_over.offer": Access.SIGNED_IN,
    "handing_over.take_back": Access.SIGNED_IN,
    "handing_over.receipt": Access.SIGNED_IN,
    "handing_over.sign": Access.SIGNED_IN,
    "handing_over.breaking_off": Access.SIGNED_IN,
    "handing_over.break_off": Access.SIGNED_IN,
    "handing_over.thinking": Access.SIGNED_IN,
    "handing_over.give_feedback": Access.SIGNED_IN,
    "results.listed": Access.EVERYONE,
    "results.show": Access.EVERYONE,
    "results.fetch": Access.EVERYONE,
    "results.take_up": Access.SIGNED_IN,
    "results.take_back": Access.SIGNED_IN,
    "events.listed": Access.EVERYONE,
    "events.feed": Access.EVERYONE,
    "events.show": Access.EVERYONE,
    "events.one": Access.EVERYONE,
    "events.new": Access.COORDINATORS,
    "events.create": Access.COORDINATORS,
    "events.edit": Access.COORDINATORS,
    "events.change": Access.COORDINATORS,
    "events.cancel": Access.COORDINATORS,
    "events.add_slot": Access.COORDINATORS,
    "events.remove_slot": Access.COORDINATORS,
    "adoption_ledger.ask": Access.EVERYONE,
    "adoption_ledger.answer": Access.EVERYONE,
    "adoption_ledger.listed": Access.COORDINATORS,
    "lessons.listed": Access.EVERYONE,
    "sketches.listed": Access.COORDINATORS,
    "sketches.new": Access.COORDINATORS,
    "sketches.create": Access.COORDINATORS,
    "sketches.show": Access.COORDINATORS,
    "sketches.edit": Access.COORDINATORS,
    "sketches.change": Access.COORDINATORS,
    "administration.matcher": Access.ADMINS,
    "administration.promote": Access.ADMINS,
    "administration.roll_back": Access.ADMINS,
    "throwing.show": Access.EVERYONE,
    "throwing.throw": Access.EVERYONE,
    "throwing.similar": Access.EVERYONE,
    "throwing.same_here": Access.EVERYONE,
    "throwing.token": Access.EVERYONE,
    "throwing.worker": Access.EVERYONE,
    "follow.show": Access.EVERYONE,
    "follow.tell_name": Access.EVERYONE,
    "follow.add_line": Access.EVERYONE,
    "follow.withdraw": Access.EVERYONE,
    "follow.restore": Access.EVERYONE,
    "follow.ask_for_mail": Access.EVERYONE,
    "follow.stop_mail": Access.EVERYONE,
    "follow.confirming": Access.EVERYONE,
    "follow.confirm": Access.EVERYONE,
    "ideas.listed": Access.CATCHERS,
    "ideas.show": Access.CATCHERS,
    "ideas.catch": Access.CATCHERS,
    "ideas.hand_on": Access.CATCHERS,
    "ideas.let_go": Access.CATCHERS,
    "ideas.promise": Access.CATCHERS,
    "ideas.join": Access.CATCHERS,
    "ideas.word": Access.CATCHERS,
    "ideas.take_to_coordination": Access.CATCHERS,
    "catch_rules.listed": Access.COORDINATORS,
    "catch_rules.propose": Access.COORDINATORS,
    "catch_rules.drop": Access.COORDINATORS,
    "unit_links.listed": Access.SIGNED_IN,
    "unit_links.make": Access.SIGNED_IN,
    "unit_links.revoke": Access.SIGNED_IN,
    "unit_links.poster": Access.SIGNED_IN,
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
