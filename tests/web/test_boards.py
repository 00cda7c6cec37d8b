"""The board on phones and at the ambassador's hand, from the first idea to the locked sheet."""

import pytest

from needsbank.app import engine_of
from needsbank.db.models import Board, ChallengeSheet, Need
from needsbank.domain.boards import BoardStep
from needsbank.domain.journeys import Stage
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Role
from needsbank.domain.workshops import SeriesState
from needsbank.services import boards
from tests.conftest import browser
from tests.factories import add_board, add_capture, add_series, add_user, reread
from tests.pages import Page, get_page, post

GROUPS = {"Avaimet": ["Avaimet hukassa", "Kaappi lukossa"], "Ruoka": ["Ruoka kylmää"]}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ambassador(session):
    return add_user(session, Role.AMBASSADOR)


@pytest.fixture
def series(session, ambassador):
    return add_series(session, state=SeriesState.UNDER_WAY, ambassadors=[ambassador])


@pytest.fixture
def leader(sign_in_as, ambassador):
    return sign_in_as(ambassador)


@pytest.fixture
def at(session, series):
    """Make the board of the series at a step."""

    def made(step, groups=None, loose=()):
        return add_board(session, series, step, groups, loose)

    return made


def address_of(board, page=""):
    return f"/workshops/{board.series_id}/board{page}"


def phone_at(app, board, nickname=""):
    phone = browser(app)
    assert post(phone, f"/boards/{board.code}/join", nickname=nickname).status_code == 303
    return phone


def write(phone, board, text):
    page = get_page(phone, f"/boards/{board.code}")
    return post(phone, f"/boards/{board.code}/ideas", text=text, key=page.value_of("key"))


def test_the_board_is_opened_from_the_series(session, sign_in_as, ambassador):
    series = add_series(session, state=SeriesState.CONFIRMED, ambassadors=[ambassador])
    client = sign_in_as(ambassador)
    assert "Open the board" in get_page(client, f"/workshops/{series.id}").main
    response = post(client, f"/workshops/{series.id}/board/open")
    page = get_page(client, response.location)
    code = session.query(Board).one().code
    assert page.one("a", href=f"http://localhost/boards/{code}").text.endswith(code)
    assert page.all("img")[0].get("src").startswith("data:image/svg+xml")


def test_ideas_come_from_phones_without_an_account(app, at, leader):
    board = at(BoardStep.GATHER)
    first, second = phone_at(app, board, "Mari"), phone_at(app, board)
    assert write(first, board, "Avaimet hukassa").status_code == 303
    assert write(second, board, "Ruoka kylmää").status_code == 303
    page = get_page(first, f"/boards/{board.code}")
    assert "Avaimet hukassa" in page.main
    (follow,) = [e for e in page.all("a") if e.get("href").startswith("/follow/")]
    assert follow.text.startswith("Follow this idea")
    # The writer's link is the writer's alone.
    assert follow.get("href") not in get_page(second, f"/boards/{board.code}").html
    assert follow.get("href") not in get_page(leader, address_of(board)).html
    assert "2 ideas" in get_page(leader, address_of(board)).main


def test_the_same_form_sent_twice_is_one_idea(app, at, leader):
    board = at(BoardStep.GATHER)
    phone = phone_at(app, board)
    key = get_page(phone, f"/boards/{board.code}").value_of("key")
    for _ in range(2):
        post(phone, f"/boards/{board.code}/ideas", text="Avaimet hukassa", key=key)
    assert "1 idea" in get_page(leader, address_of(board)).main


def test_an_empty_idea_is_asked_for_again(app, at):
    board = at(BoardStep.GATHER)
    phone = phone_at(app, board)
    page = Page(post(phone, f"/boards/{board.code}/ideas", text=" ", key="no key"))
    assert (page.status, page.errors, page.broken_rules()) == (422, ["Write your idea."], [])


def test_who_has_not_joined_is_asked_to(app, at):
    board = at(BoardStep.GATHER)
    stranger = browser(app)
    assert get_page(stranger, f"/boards/{board.code}").h1 == "Take part in the workshop"
    assert post(stranger, f"/boards/{board.code}/ideas", text="x").status_code == 403
    assert stranger.get("/boards/ABCDEFGHJKLM").status_code == 404


def test_the_next_person_on_a_phone_is_another_one(app, at, leader):
    board = at(BoardStep.GATHER)
    phone = phone_at(app, board)
    write(phone, board, "Avaimet hukassa")
    post(phone, f"/boards/{board.code}/join")
    page = get_page(phone, f"/boards/{board.code}")
    assert "Follow this idea" not in page.main
    assert "2 people take part" in page.main


def test_paper_and_caught_ideas_are_put_on_the_board(session, at, leader, series):
    board = at(BoardStep.GATHER)
    caught = add_capture(session, series.unit, Stage.CAUGHT, text="Kaappi lukossa")
    get_page(leader, address_of(board))
    assert Page(post(leader, address_of(board, "/paper"), paper=" ")).status == 422
    post(leader, address_of(board, "/paper"), paper="- Ruoka kylmää\n- Melu yöllä")
    post(leader, address_of(board, "/caught"), capture=str(caught.id))
    page = get_page(leader, address_of(board))
    for text in ("Ruoka kylmää", "Melu yöllä", "Kaappi lukossa"):
        assert text in page.main
    assert "3 ideas" in page.main
    assert "Caught before" not in page.main


def test_only_what_is_new_is_fetched_and_nothing_after_the_step(session, app, at, leader):
    board = at(BoardStep.GATHER)
    phone = phone_at(app, board)
    write(phone, board, "Avaimet hukassa")
    for client, address in ((leader, address_of(board)), (phone, f"/boards/{board.code}")):
        part = client.get(f"{address}?step=gather", headers=HTMX).get_data(as_text=True)
        assert "<html" not in part
        assert "Avaimet hukassa" in part
        assert 'hx-trigger="every 3s"' in part
    step = {"target": "group", "seen": "gather"}
    assert post(leader, address_of(board, "/step"), **step).status_code == 303
    part = phone.get(f"/boards/{board.code}?step=gather", headers=HTMX).get_data(as_text=True)
    assert "The board has moved to another step." in part
    assert "hx-trigger" not in part


def test_an_empty_board_stays_where_it_is(at, leader):
    board = at(BoardStep.GATHER)
    response = post(leader, address_of(board, "/step"), target="group", seen="gather")
    page = get_page(leader, response.location)
    assert page.flashes == ["There are no ideas on the board yet."]
    assert post(leader, address_of(board, "/step"), target="nonsense").status_code == 422


def test_groups_are_suggested_and_people_decide(session, at, leader):
    board = at(BoardStep.GROUP, loose=["keys lost again", "cold soup", "keys lost"])
    page = get_page(leader, address_of(board))
    assert "Loose ideas (3)" in page.main
    response = post(leader, address_of(board, "/suggest"))
    page = get_page(leader, response.location)
    assert page.flashes == ["1 group is suggested."]
    assert "Suggested" in page.main
    session.rollback()
    ((group, _ideas, _),) = boards.standing(session, board).groups
    soup = boards.standing(session, board).loose[0]
    post(leader, address_of(board, f"/ideas/{soup.id}"), group=str(group.id))
    post(leader, address_of(board, f"/groups/{group.id}"), name="Avaimet ja keitto")
    page = get_page(leader, address_of(board))
    assert "Avaimet ja keitto" in page.main
    assert "Suggested" not in page.main
    post(leader, address_of(board, f"/ideas/{soup.id}"), group="")
    post(leader, address_of(board, "/groups"), name="Ruoka")
    session.rollback()
    other = next(g for g, _, _ in boards.standing(session, board).groups if g.name == "Ruoka")
    post(leader, address_of(board, f"/ideas/{soup.id}"), group=str(other.id))
    page = get_page(leader, address_of(board))
    assert "Groups (2)" in page.main
    post(leader, address_of(board, f"/groups/{other.id}"), into=str(group.id), merge="1")
    assert "Groups (1)" in get_page(leader, address_of(board)).main
    assert Page(post(leader, address_of(board, "/groups"), name="")).status == 422
    response = post(leader, address_of(board, f"/groups/{group.id}"), name=" ")
    assert get_page(leader, response.location).flashes == ["Fill this in."]


def test_what_is_known_of_each_group_is_shown(session, at, leader, work):
    from tests.factories import add_prior_work

    add_prior_work(session, title="Keys lost in home care", abstract="How keys lost were found.")
    work()
    board = at(BoardStep.COMPARE, {"Keys lost": ["keys lost again", "keys lost"]})
    page = get_page(leader, address_of(board))
    assert "Keys lost in home care" in page.main


def test_what_is_hidden_from_the_ambassador_is_not_known(session, at, leader, work):
    from needsbank.domain.visibility import Visibility
    from tests.factories import add_need

    text = "keys lost again in the home care of the north"
    add_need(session, title=text, problem=text, visibility=Visibility.COORDINATORS)
    work()
    board = at(BoardStep.COMPARE, {"Keys lost": [text]})
    assert "What is known already (0)" in get_page(leader, address_of(board)).main


def test_phones_vote_and_the_ambassador_sees_the_bars(app, at, leader, session):
    board = at(BoardStep.VOTE, GROUPS)
    groups = {g.name: g.id for g, _, _ in boards.standing(session, board).groups}
    phone = phone_at(app, board)
    get_page(phone, f"/boards/{board.code}")
    for name in ("Avaimet", "Avaimet", "Ruoka"):
        post(phone, f"/boards/{board.code}/dots/{groups[name]}", place="1")
    page = get_page(phone, f"/boards/{board.code}")
    assert "You have 0 dots left." in page.main
    assert [e.get("aria-label") for e in page.all("p", role="img")] == [
        "2 dots of yours",
        "1 dot of yours",
    ]
    response = post(phone, f"/boards/{board.code}/dots/{groups['Ruoka']}", place="1")
    page = get_page(phone, response.location)
    assert page.flashes == ["You have placed all your dots. Take one back to place it elsewhere."]
    post(phone, f"/boards/{board.code}/dots/{groups['Avaimet']}", back="1")
    page = get_page(leader, address_of(board))
    assert [e.text for e in page.all("p") if e.get("class") == "row row-apart"] == [
        "Avaimet1 dot",
        "Ruoka1 dot",
    ]


def worded(session, board, **values):
    group = boards.standing(session, board).groups[0][0]
    return {
        "group_id": str(group.id),
        "title": "Miten avain löytyy?",
        "problem": "Avaimia etsitään joka vuorossa.",
        "who_suffers": "Sijaiset",
        "wished_change": "Avain löytyy minuutissa.",
        "measure": "Myöhästymiset puolittuvat.",
        **values,
    }


def test_one_challenge_is_worded_and_handed_over(session, app, at, leader, series, sign_in_as):
    board = at(BoardStep.WORD, GROUPS)
    page = get_page(leader, address_of(board))
    assert "Take it to coordination" not in page.main
    sent = worded(session, board)
    page = Page(post(leader, address_of(board, "/wording"), **sent | {"title": ""}))
    assert (page.status, page.broken_rules()) == (422, [])
    assert page.value_of("measure") == "Myöhästymiset puolittuvat."
    assert post(leader, address_of(board, "/wording"), **sent).status_code == 303
    page = get_page(leader, address_of(board))
    assert page.value_of("title") == "Miten avain löytyy?"
    assert Page(post(leader, address_of(board, "/hand-over"))).status == 422
    response = post(
        leader,
        address_of(board, "/hand-over"),
        visibility="public",
        scope="team",
        back_reason="Palataan syksyllä.",
    )
    sheet = get_page(leader, response.location)
    assert "Miten avain löytyy?" in sheet.h1
    assert "Myöhästymiset puolittuvat." in sheet.main
    session.rollback()
    assert session.query(ChallengeSheet).one().digest in sheet.main
    need = session.query(Need).one()
    assert (need.state, need.author_id) == (NeedState.OPEN, series.requester_id)
    assert "Myöhästymiset puolittuvat." in get_page(leader, f"/needs/{need.id}").main
    get_page(sign_in_as(series.requester), f"/workshops/{series.id}/sheet")
    assert reread(session, board).step is BoardStep.HANDED_OVER
    get_page(leader, address_of(board))
    assert get_page(browser(app), f"/boards/{board.code}").h1 == (
        "The challenge is with the coordination team"
    )


def test_a_sheet_that_says_something_else_gives_itself_away(session, at, leader):
    board = at(BoardStep.WORD, GROUPS)
    post(leader, address_of(board, "/wording"), **worded(session, board))
    post(leader, address_of(board, "/hand-over"), visibility="public", scope="")
    session.rollback()
    session.connection().exec_driver_sql("drop trigger challenge_sheets_no_update")
    sheet = session.query(ChallengeSheet).one()
    sheet.content = sheet.content.replace("minuutissa", "tunnissa")
    session.commit()
    page = get_page(leader, f"/workshops/{board.series_id}/sheet")
    assert "does not say any more what was locked" in page.main


def test_nobody_else_leads_the_board(session, at, sign_in_as, series):
    board = at(BoardStep.GATHER)
    stranger = sign_in_as(add_user(session, Role.AMBASSADOR))
    assert stranger.get(address_of(board)).status_code == 404
    assert post(stranger, address_of(board, "/paper"), paper="x").status_code == 404
    assert sign_in_as(series.requester).get(address_of(board)).status_code == 403


@pytest.mark.parametrize("step", [BoardStep.GATHER, BoardStep.GROUP, BoardStep.VOTE])
@pytest.mark.parametrize("number", [1, 10])
def test_a_page_costs_the_same_however_much_stands_on_it(
    app, session, at, leader, count_queries, step, number
):
    groups = {f"Group {n}": [f"idea {n}", f"idea {n} again"] for n in range(number)}
    board = at(step, groups, ["x"] * number)
    phone = phone_at(app, board)
    for client, address in ((leader, address_of(board)), (phone, f"/boards/{board.code}")):
        get_page(client, address)
        with count_queries(engine_of(app)) as seen:
            get_page(client, address)
        assert len(seen) <= 16
