"""Failed sign-ins are counted per account and address, and the count outlives a restart."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from needsbank.app import create_app
from needsbank.db.models import Attempt
from needsbank.domain.clock import now
from needsbank.domain.errors import TooManyAttempts
from needsbank.web import throttle
from tests.conftest import browser, dispose
from tests.factories import PASSWORD
from tests.pages import Page

EMAIL, ADDRESS = "aino@bank.example", "192.0.2.1"


def fail(session, times, account=EMAIL, address=ADDRESS):
    for _ in range(times):
        throttle.record_failure(session, account=account, address=address)
    session.commit()


def try_to_enter(client, email, password):
    token = Page(client.get("/sign-in")).token
    return client.post("/sign-in", data={"email": email, "password": password, "csrf_token": token})


def test_an_account_s_budget_is_spent_after_so_many_failures(session):
    fail(session, throttle.PER_ACCOUNT - 1)
    throttle.check_budget(session, account=EMAIL, address=ADDRESS)
    fail(session, 1)
    with pytest.raises(TooManyAttempts) as refused:
        throttle.check_budget(session, account=EMAIL, address="192.0.2.99")
    assert 0 < refused.value.retry_after <= throttle.WINDOW.total_seconds()


def test_an_address_s_budget_is_spent_over_many_accounts(session):
    for number in range(throttle.PER_ADDRESS):
        fail(session, 1, account=f"person{number}@bank.example")
    with pytest.raises(TooManyAttempts):
        throttle.check_budget(session, account="another@bank.example", address=ADDRESS)
    throttle.check_budget(session, account="another@bank.example", address="192.0.2.2")


@pytest.mark.parametrize("account", [EMAIL.upper(), f"  {EMAIL} "])
def test_an_account_is_one_however_it_is_typed(session, account):
    fail(session, throttle.PER_ACCOUNT)
    with pytest.raises(TooManyAttempts):
        throttle.check_budget(session, account=account, address="192.0.2.2")


def test_old_failures_count_no_more_and_are_forgotten(session):
    fail(session, throttle.PER_ACCOUNT)
    session.execute(update(Attempt).values(at=now() - throttle.WINDOW - timedelta(seconds=1)))
    session.commit()
    throttle.check_budget(session, account=EMAIL, address=ADDRESS)
    fail(session, 1)
    assert session.scalar(select(func.count(Attempt.id))) == 2


def test_the_wait_is_until_the_oldest_failure_is_old(session):
    fail(session, throttle.PER_ACCOUNT)
    session.execute(update(Attempt).values(at=now() - throttle.WINDOW + timedelta(seconds=100)))
    session.commit()
    with pytest.raises(TooManyAttempts) as refused:
        throttle.check_budget(session, account=EMAIL, address=ADDRESS)
    assert 95 <= refused.value.retry_after <= 100


def test_a_good_sign_in_gives_the_account_its_budget_back(session):
    fail(session, throttle.PER_ACCOUNT)
    throttle.forget_failures(session, account=EMAIL)
    throttle.check_budget(session, account=EMAIL, address=ADDRESS)


def test_the_table_names_nobody(session):
    fail(session, 1)
    for key in session.scalars(select(Attempt.key)):
        assert EMAIL not in key
        assert ADDRESS not in key


def test_too_many_wrong_passwords_are_refused_for_a_while(client, partner):
    for _ in range(throttle.PER_ACCOUNT):
        assert Page(try_to_enter(client, partner.email, "wrong")).h1 == "Sign in"
    refused = try_to_enter(client, partner.email, PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    page = Page(refused)
    assert (page.h1, page.broken_rules()) == ("Too many attempts", [])


def test_the_refusal_outlives_a_restart(app, session, settings, retrieval, partner):
    fail(session, throttle.PER_ACCOUNT, account=partner.email)
    again = create_app(settings, retrieval)
    assert try_to_enter(browser(again), partner.email, PASSWORD).status_code == 429
    dispose(again)


def test_accounts_that_do_not_exist_are_refused_alike(client, session, partner):
    """The answers must not tell which accounts there are."""

    def answers(email):
        pages = [try_to_enter(client, email, "wrong") for _ in range(throttle.PER_ACCOUNT + 1)]
        return [(page.status_code, Page(page).h1) for page in pages]

    assert answers(partner.email) == answers("nobody@bank.example")


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(client, session, partner):
    def words(email):
        return Page(try_to_enter(client, email, "wrong")).all("h2")[0].text

    assert words(partner.email) == words("nobody@bank.example")
    assert words(partner.email) == "The e-mail address or the password is not right."


def test_a_form_that_was_left_empty_spends_nothing(client, session):
    for _ in range(throttle.PER_ACCOUNT + 1):
        try_to_enter(client, "", "")
    assert session.scalar(select(func.count(Attempt.id))) == 0
