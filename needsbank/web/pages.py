"""All pages of the site, feature by feature, and what each of them is given."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, request

from needsbank.domain.addresses import masked
from needsbank.domain.currency import asked_on, ends_on
from needsbank.domain.roles import POSTS_COMPETENCES, POSTS_NEEDS, Actor, Role
from needsbank.services.browsing import QUERY_MAX
from needsbank.services.demo_bank import Account
from needsbank.services.own_results import need_id_of
from needsbank.web.account.views import bp as account
from needsbank.web.administration.views import bp as administration
from needsbank.web.adoption_ledger.views import bp as adoption_ledger
from needsbank.web.adoptions.views import bp as adoptions
from needsbank.web.boards.lead import bp as boards
from needsbank.web.boards.taking_part import bp as taking_part
from needsbank.web.calendars.views import bp as calendars
from needsbank.web.collaborations.files import bp as shared_files
from needsbank.web.collaborations.handing_over import bp as handing_over
from needsbank.web.collaborations.views import bp as collaborations
from needsbank.web.competences.views import bp as competences
from needsbank.web.coordination.views import bp as coordination
from needsbank.web.duplicates.views import bp as duplicates
from needsbank.web.events.views import bp as events
from needsbank.web.follow.views import bp as follow
from needsbank.web.forms import problems
from needsbank.web.front.views import bp as front
from needsbank.web.ideas.desk import bp as ideas
from needsbank.web.ideas.links import bp as unit_links
from needsbank.web.ideas.rules import bp as catch_rules
from needsbank.web.ideas.throwing import bp as throwing
from needsbank.web.ideas.words import catching_role
from needsbank.web.journeys.views import bp as journeys
from needsbank.web.languages import current_language
from needsbank.web.lessons.views import bp as lessons
from needsbank.web.mail.views import bp as mail
from needsbank.web.matters.views import bp as matters
from needsbank.web.merges.views import bp as merges
from needsbank.web.messages.views import bp as messages
from needsbank.web.needs.views import bp as needs
from needsbank.web.organisations.views import bp as organisations
from needsbank.web.pairings.views import bp as pairings
from needsbank.web.prior_works.views import bp as prior_works
from needsbank.web.representatives.views import bp as representatives
from needsbank.web.results.views import bp as results
from needsbank.web.security import current_actor
from needsbank.web.sessions import browser_name
from needsbank.web.sketches.views import bp as sketches
from needsbank.web.sources.views import bp as sources
from needsbank.web.supports.views import bp as supports
from needsbank.web.uploads.views import bp as uploads
from needsbank.web.verdicts.views import bp as verdicts
from needsbank.web.webhooks.views import bp as webhooks
from needsbank.web.workshops.times import bp as workshop_times
from needsbank.web.workshops.views import bp as workshops


def register(app: Flask) -> None:
    """Add every feature's pages to the app."""
    for blueprint in (
        front,
        account,
        needs,
        supports,
        adoptions,
        competences,
        prior_works,
        sources,
        uploads,
        organisations,
        pairings,
        coordination,
        journeys,
        matters,
        representatives,
        verdicts,
        merges,
        duplicates,
        workshops,
        workshop_times,
        boards,
        taking_part,
        collaborations,
        shared_files,
        handing_over,
        results,
        events,
        adoption_ledger,
        lessons,
        sketches,
        administration,
        throwing,
        follow,
        ideas,
        catch_rules,
        unit_links,
        messages,
        webhooks,
        mail,
        calendars,
    ):
        app.register_blueprint(blueprint)
    app.context_processor(_given_to_every_page)
    app.jinja_env.tests["address"] = _is_address
    app.jinja_env.filters["browser_name"] = browser_name
    app.jinja_env.filters["finished_need_id"] = need_id_of
    app.jinja_env.filters["asked_on"] = lambda posting: asked_on(posting.current_as_of)
    app.jinja_env.filters["ends_on"] = lambda posting: ends_on(posting.asked_current)
    app.jinja_env.globals["query_max"] = QUERY_MAX
    app.jinja_env.filters["masked"] = masked
    app.jinja_env.filters["problems"] = problems
    app.jinja_env.filters["catching_role"] = catching_role


def show_accounts(app: Flask, accounts: Sequence[Account], password: str) -> None:
    """Have the sign-in page show accounts that anybody may use: a demo's, or none."""
    app.jinja_env.globals.update(demo_accounts=accounts, demo_password=password)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _given_to_every_page() -> dict[str, Any]:
    actor = current_actor()
    return {
        "actor": actor,
        "invited_to_post_needs": _is_invited(actor, POSTS_NEEDS),
        "invited_to_post_competences": _is_invited(actor, POSTS_COMPETENCES),
        "language": current_language(),
        "this_page": request.full_path.rstrip("?") if request.method == "GET" else "/",
    }


def _is_invited(actor: Actor, posting: frozenset[Role]) -> bool:
    # Somebody unknown may turn out to have the role after signing in.
    return not actor.is_known or bool(actor.organisations_as(posting))
