"""Mails about ideas: a subject, a blank line and a body with the link, in every language."""

import pytest
from flask import render_template
from flask_babel import force_locale

LINK = "https://bank.example/ideas/1"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [
        ("proposed", {"unit": "Kotihoito", "by": ""}, "Kotihoito"),
        ("proposed", {"unit": "Kotihoito", "by": "Kaisa & Leo"}, "Kaisa & Leo"),
        ("escalated", {"unit": "Kotihoito"}, "Kotihoito"),
        ("confirm_mail", {}, ""),
    ],
)
def test_a_mail_has_a_subject_and_a_link(app, language, kind, words, told):
    with app.test_request_context(), force_locale(language):
        text = render_template(f"mail/{kind}.txt", link=LINK, **words)
    subject, blank, *body = text.splitlines()
    assert subject.strip()
    assert blank == ""
    assert told in text
    assert body[-1] == LINK


def test_the_three_languages_differ(app):
    texts = set()
    for language in ("fi", "sv", "en"):
        with app.test_request_context(), force_locale(language):
            texts.add(render_template("mail/confirm_mail.txt", link=LINK))
    assert len(texts) == 3
