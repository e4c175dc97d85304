"""Fifty people text at once, and each message comes twice or more, in any order: every history holds.

Real signatures, the whole application, eight threads, both databases.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from flows.line import Line
from flows.turn import Alert
from server import Parts, create_app
from settings import Settings
from store.tables import alerts
from tests.replay import Replay, conversations, replies_of
from tests.sms.phone import Phone, next_id
from tests.together import run_together

PEOPLE = 50
THREADS = 8
SCRIPTS = (
    ("my lower back is tight after deadlifts", "none", "no", "2", "ok"),
    ("it hurts a lot and shoots down my leg", "none", "now I can't pee", "thanks"),
    ("I can't feel between my legs and I wet myself", "ok", "it is worse now", "I fell off the rack"),
    ("I think I broke my back falling off the rack", "yes", "none", "help"),
    ("my back has hurt for three weeks", "none", "no", "what is a disc?"),
)


@pytest.fixture
def app(database_url: str, settings: Settings, parts: Parts) -> Iterator[Flask]:
    app = create_app(replace(settings, database_url=database_url), parts)
    yield app
    app.extensions["spotter"].close()


def test_histories_are_consistent(app: Flask, line: Line) -> None:
    dice = random.Random(1)
    sent = {
        f"+1202555{1000 + person}": {next_id(): said for said in SCRIPTS[person % len(SCRIPTS)]}
        for person in range(PEOPLE)
    }
    deliveries = [
        (number, sid, said)
        for number, messages in sent.items()
        for sid, said in messages.items()
        for _ in range(dice.randint(2, 4))
    ]
    dice.shuffle(deliveries)
    # Some come twice at the same moment.
    deliveries = [one for each in deliveries for one in [each] * dice.choice((1, 1, 1, 2))]
    answers: dict[str, list[list[str]]] = {sid: [] for messages in sent.values() for sid in messages}

    def deliver(number: int) -> None:
        client = app.test_client()
        for sender, sid, said in deliveries[number::THREADS]:
            answers[sid].append(Phone(client, sender).text(said, MessageSid=sid).texts)

    run_together(THREADS, deliver)
    with app.extensions["spotter"].store.database.transaction() as connection:
        kept = conversations(connection)
        raised = list(connection.execute(select(alerts)).all())
    assert sorted(one.row.person for one in kept) == sorted(sent)
    replay = Replay(line)
    for one in kept:
        messages = sent[one.row.person]
        assert sorted((turn.inbound, turn.said) for turn in one.turns) == sorted(messages.items())
        for turn in one.turns:
            assert len(answers[turn.inbound]) >= 2
            assert answers[turn.inbound] == [replies_of(turn)] * len(answers[turn.inbound])
        faults, effects = replay(one)
        assert faults == []
        asked_for = [effect for effect in effects if isinstance(effect, Alert)]
        mine = [alert for alert in raised if alert.session == one.row.id]
        assert len(mine) == bool(asked_for)
        assert [alert.level for alert in mine] == [max(each.level for each in asked_for).id for _ in mine]
