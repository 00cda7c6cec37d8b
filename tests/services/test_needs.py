"""Posting a need and leading it to its end, each step by those who may."""

import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry, Suggestion
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.needs import (
    ALLOWED,
    CloseNeed,
    CloseReason,
    DescribeNeed,
    NeedState,
    Scope,
)
from needsbank.domain.roles import ANONYMOUS, POSTS_NEEDS, Role
from needsbank.domain.suggestions import DecideSuggestion, SuggestionState, Verdict
from needsbank.domain.visibility import Visibility
from needsbank.services import deciding, needs
from tests.factories import (
    add_need,
    add_organisation,
    add_suggestion,
    add_unit,
    add_user,
    describing,
    reread,
)


@pytest.fixture
def author(session):
    return add_user(session, Role.PARTNER)


def saying_anew(need):
    return DescribeNeed(title="Anew", problem="Said in other words.", unit_id=need.unit_id)


def close(session, actor, need, **values):
    command = CloseNeed(need_id=need.id, reason=CloseReason.SOLVED, **values)
    return needs.close_need(session, actor, command)


STEPS = {
    needs.open_need: NeedState.OPEN,
    needs.withdraw_need: NeedState.WITHDRAWN,
    needs.restore_need: NeedState.DRAFT,
}


def test_a_new_need_is_its_author_s_draft_with_everything_said(session, author):
    command = describing(
        session,
        author,
        title="  Avaimet hukkuvat ",
        problem=" Sijaiset eivät löydä avaimia, kun asiakas ei avaa ovea. ",
        wished_change=" Avain löytyy heti. ",
        who_suffers=" asiakkaat ",
        timing=" viikonloppuisin ",
        place=" kotihoidossa ",
        field=Field.HEALTH_SOCIAL,
        scope=Scope.TEAM,
        visibility=Visibility.NETWORK,
    )
    need = needs.draft_need(session, author.actor, command)
    assert (need.state, need.author_id, need.unit_id) == (
        NeedState.DRAFT,
        author.id,
        command.unit_id,
    )
    assert need.organisation_id == author.memberships[0].organisation_id
    assert (need.title, need.problem) == (
        "Avaimet hukkuvat",
        "Sijaiset eivät löydä avaimia, kun asiakas ei avaa ovea.",
    )
    assert (need.wished_change, need.who_suffers) == ("Avain löytyy heti.", "asiakkaat")
    assert (need.timing, need.place) == ("viikonloppuisin", "kotihoidossa")
    assert (need.field, need.scope) == (Field.HEALTH_SOCIAL, Scope.TEAM)
    assert need.visibility is Visibility.NETWORK
    assert need.language is Language.FI
    assert need.opened is None


def test_a_language_that_the_author_chose_is_kept(session, author):
    command = describing(session, author, language="sv")
    assert needs.draft_need(session, author.actor, command).language is Language.SV


@pytest.mark.parametrize("role", list(Role))
def test_needs_are_posted_by_those_who_may(session, role):
    person = add_user(session, role)
    if role in POSTS_NEEDS:
        need = needs.draft_need(session, person.actor, describing(session, person))
        assert need.author_id == person.id
        return
    with pytest.raises(Invalid) as refused:
        needs.draft_need(session, person.actor, describing(session, person))
    assert refused.value.errors == {"unit_id": "unknown"}


def test_nobody_in_particular_posts_nothing(session, author):
    with pytest.raises(Invalid):
        needs.draft_need(session, ANONYMOUS, describing(session, author))


def test_a_unit_of_another_organisation_is_refused(session, author):
    other = add_organisation(session).units[0]
    with pytest.raises(Invalid) as refused:
        needs.draft_need(session, author.actor, describing(session, author, unit_id=other.id))
    assert refused.value.errors == {"unit_id": "unknown"}


def test_a_unit_that_is_not_there_is_refused(session, author):
    with pytest.raises(Invalid):
        needs.draft_need(session, author.actor, describing(session, author, unit_id=author.id))


def test_a_published_need_waits_for_the_matcher(session, author):
    need = add_need(session, author, state=NeedState.DRAFT, opened=None)
    opened = needs.open_need(session, author.actor, need.id)
    assert opened.state is NeedState.OPEN
    assert opened.opened is not None
    assert (opened.embedded_in, opened.matched_with) == (None, None)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", list(NeedState))
def test_each_step_is_taken_from_the_states_that_the_table_names(session, author, step, state):
    need = add_need(session, author, state=state)
    if STEPS[step] in ALLOWED[state]:
        assert step(session, author.actor, need.id).state is STEPS[step]
        return
    with pytest.raises(IllegalTransition):
        step(session, author.actor, need.id)


def test_a_closed_need_tells_why_until_it_is_taken_up_again(session, author):
    need = add_need(session, author)
    closed = close(session, author.actor, need, note=" In use since May. ")
    assert (closed.state, closed.close_reason, closed.close_note) == (
        NeedState.CLOSED,
        CloseReason.SOLVED,
        "In use since May.",
    )
    again = needs.open_need(session, author.actor, need.id)
    assert (again.close_reason, again.close_note) == (None, "")


@pytest.mark.parametrize("state", list(NeedState))
def test_drafts_and_open_needs_alone_can_be_changed(session, author, state):
    need = add_need(session, author, state=state, embedded_in=1, matched_with="m")
    command = describing(session, author, title="Changed", visibility=Visibility.ORGANISATION)
    if state in {NeedState.DRAFT, NeedState.OPEN}:
        changed = needs.change_need(session, author.actor, need.id, command)
        assert (changed.title, changed.state) == ("Changed", state)
        assert changed.visibility is Visibility.ORGANISATION
        assert (changed.embedded_in, changed.matched_with) == (None, None)
        return
    with pytest.raises(Conflict):
        needs.change_need(session, author.actor, need.id, command)


def test_a_need_may_move_to_another_unit_of_the_organisation(session, author):
    need = add_need(session, author)
    organisation = need.organisation
    unit = add_unit(session, organisation, "Night team")
    command = describing(session, author, unit_id=unit.id)
    assert needs.change_need(session, author.actor, need.id, command).unit_id == unit.id


USES = {
    "change": lambda s, a, n: needs.change_need(s, a, n.id, saying_anew(n)),
    "open": lambda s, a, n: needs.open_need(s, a, n.id),
    "withdraw": lambda s, a, n: needs.withdraw_need(s, a, n.id),
    "restore": lambda s, a, n: needs.restore_need(s, a, n.id),
    "close": lambda s, a, n: close(s, a, n),
}


@pytest.mark.parametrize("use", USES)
def test_nobody_but_the_author_uses_a_need(session, author, use):
    need = add_need(session, author)
    colleague = add_user(session, Role.PARTNER, organisation=need.organisation)
    coordinator = add_user(session, Role.COORDINATOR, organisation=need.organisation)
    for person in (colleague, coordinator):
        with pytest.raises(NotAllowed):
            USES[use](session, person.actor, need)


@pytest.mark.parametrize("use", USES)
def test_to_those_who_may_not_read_it_a_need_does_not_exist(session, author, use):
    need = add_need(session, author, visibility=Visibility.COORDINATORS)
    for person in (ANONYMOUS, add_user(session, Role.PARTNER).actor):
        with pytest.raises(NotFound):
            USES[use](session, person, need)


@pytest.mark.parametrize("use", USES)
def test_an_author_who_left_the_organisation_reads_but_changes_nothing(session, author, use):
    need = add_need(session, author)
    author.memberships.clear()
    session.commit()
    with pytest.raises(NotAllowed):
        USES[use](session, author.actor, need)


@pytest.mark.parametrize("end", [needs.withdraw_need, None])
def test_when_a_need_ends_what_was_never_decided_falls_away(session, author, end):
    need, coordinator = add_need(session, author), add_user(session, Role.COORDINATOR)
    add_suggestion(session, need)
    kept = add_suggestion(session, need)
    deciding.decide(
        session,
        coordinator.actor,
        DecideSuggestion(
            suggestion_id=kept.id,
            verdict=Verdict.DEFERRED,
            reason="asking",
            seen=SuggestionState.PROPOSED,
        ),
    )
    session.commit()
    if end:
        end(session, author.actor, need.id)
    else:
        close(session, author.actor, need)
    session.commit()
    assert session.scalars(select(Suggestion.id)).all() == [kept.id]


def test_what_others_have_suggested_stays(session, author):
    need, other = add_need(session, author), add_suggestion(session)
    close(session, author.actor, need)
    session.commit()
    assert reread(session, other).state is SuggestionState.PROPOSED


def test_every_act_is_in_the_log_with_codes_only(session, author):
    need = needs.draft_need(session, author.actor, describing(session, author))
    needs.open_need(session, author.actor, need.id)
    needs.change_need(session, author.actor, need.id, describing(session, author))
    close(session, author.actor, need, note="a note that stays out of the log")
    session.commit()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(e.act, e.details) for e in entries] == [
        ("draft", {}),
        ("open", {}),
        ("change", {}),
        ("closed", {"reason": "solved"}),
    ]
    assert {(e.subject, e.subject_id, e.actor_id) for e in entries} == {
        ("need", need.id, author.id)
    }


def test_units_to_post_for_are_those_of_the_organisations_where_one_may(session, author):
    add_organisation(session)
    observed = add_user(session, Role.OBSERVER)
    assert [u.organisation_id for u in needs.units_to_post_needs(session, author.actor)] == [
        author.memberships[0].organisation_id
    ]
    assert needs.units_to_post_needs(session, observed.actor) == []
    assert needs.units_to_post_needs(session, ANONYMOUS) == []
