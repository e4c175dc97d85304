"""People stay in the version that they began with, whatever is published meanwhile, on both channels."""

import shutil

import pytest
from sqlalchemy import func, select

from store.tables import sessions
from tests.versions.conftest import Enter
from tests.versions.gym import START, Gym

STRONG = ("How bad is the pain now", "How strong is the pain now")
FIERCE = ("How strong is the pain now", "How fierce is the pain now")
DAY = 24 * 3600.0


def test_who_is_in_a_version_finishes_in_it_and_who_comes_gets_the_newest(gym: Gym, enter: Enter) -> None:
    names, people = [gym.load().version], [enter()]
    people[0].come_to("screen_body")
    for version, change in (("2", STRONG), ("3", FIERCE)):
        names.append(gym.publish(version, change))
        gym.load()
        people.append(enter())
        people[-1].come_to("screen_body")
    for person, name, words in zip(people, names, ("bad", "strong", "fierce"), strict=True):
        assert f"How {words} is the pain" in person.come_to("pain_score")
        person.say("4")
        person.say("dull")
        person.say("better")
        assert (person.session.done, person.session.version) == (True, name)
    assert gym.versions.older == sorted(names[:2])
    people[0].say("restart")
    assert people[0].session.version == names[0]


def test_a_server_that_starts_anew_finds_the_versions_that_people_are_in(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("screen_body")
    gym.publish("2", STRONG)
    gym.start()
    gym.load()
    assert "How bad is the pain" in person.come_to("pain_score")


def test_what_was_never_published_is_served_as_it_is_and_kept(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("screen_body")
    gym.edit("wording/en.yaml", STRONG)
    changed = gym.load()
    assert gym.copies.published() == []
    assert gym.copies.served() == [changed.version]
    assert changed.version.startswith("1-")
    assert "How bad is the pain" in person.come_to("pain_score")
    assert "How strong is the pain" in enter().come_to("pain_score")


def test_after_the_conversation_has_expired_the_newest_begins(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("screen_body")
    new = gym.publish("2", STRONG)
    gym.now += 2 * DAY
    gym.load()
    assert gym.versions.older == []
    person.say("hello")
    assert person.session.version == new


def test_once_something_was_published_changes_wait_for_the_next_time(gym: Gym) -> None:
    published = gym.publish("2", STRONG)
    assert gym.load().version == published
    assert gym.versions.note == ""
    gym.edit("wording/en.yaml", FIERCE)
    assert gym.load().version == published
    assert "has changed since" in gym.versions.sentence


def test_a_broken_change_leaves_everything_as_it_was(
    gym: Gym, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    person, before = enter(), gym.load()
    person.come_to("screen_body")
    gym.edit(
        "flow.yaml", ("unclear: too_bad_to_move", "unclear: too_bad"), ("next: describe", "next: descibe")
    )
    gym.edit("wording/en.yaml", ("list_end:", "list_stop:"))
    assert gym.load() is before
    assert "cannot be used" in gym.versions.sentence
    for mistake in ("`too_bad`", "`descibe`", "`list_end`", "`list_stop`"):
        assert mistake in caplog.text
    assert "How bad is the pain" in person.come_to("pain_score")
    gym.edit(
        "flow.yaml", ("unclear: too_bad", "unclear: too_bad_to_move"), ("next: descibe", "next: describe")
    )
    gym.edit("wording/en.yaml", ("list_stop:", "list_end:"), STRONG)
    assert gym.load() is not before
    assert gym.versions.note == ""


def test_a_flow_that_can_be_read_and_fails_a_check_is_not_served(gym: Gym) -> None:
    before = gym.load()
    gym.edit("flow.yaml", ("  modify: {end: modify}", "  modify: {end: modify}\n  nowhere: {end: modify}"))
    gym.edit("wording/en.yaml", ("\nmodify:", '\nnowhere: "Nobody comes here."\nmodify:'))
    assert gym.load() is before


def test_with_a_broken_flow_the_server_starts_with_the_version_before(gym: Gym, enter: Enter) -> None:
    person, before = enter(), gym.load()
    person.come_to("screen_body")
    (gym.flow / "flow.yaml").write_text("flow: [")
    gym.start()
    assert gym.load().version == before.version
    assert "cannot be used" in gym.versions.sentence
    assert "How bad is the pain" in person.come_to("pain_score")


def test_a_published_copy_that_was_tampered_with_is_not_served(gym: Gym, enter: Enter) -> None:
    first = gym.publish("2", STRONG)
    second = gym.publish("3", FIERCE)
    gym.load()
    person = enter()
    person.come_to("describe")
    wording = gym.copies.folder / second / "wording" / "en.yaml"
    wording.chmod(0o644)
    wording.write_text(wording.read_text().replace("fierce", "mild"))
    gym.start()
    assert gym.load().version == first
    assert second in gym.versions.sentence
    assert "How strong is the pain" in person.come_to("pain_score")


def test_without_any_version_nothing_is_served_and_a_mended_flow_is_taken_up(gym: Gym) -> None:
    shutil.rmtree(gym.copies.folder)
    gym.start()
    whole = (gym.flow / "flow.yaml").read_text()
    (gym.flow / "flow.yaml").write_text("flow: [")
    gym.versions.load()
    assert gym.versions.newest is None
    assert gym.versions.sentence.startswith("the conversation cannot be used")
    assert not gym.worker.work()
    (gym.flow / "flow.yaml").write_text(whole)
    assert gym.load().flow.version == "1"


def test_versions_share_what_they_understand(gym: Gym) -> None:
    before = gym.load()
    gym.publish("2", STRONG)
    assert gym.load().ears["en"] is before.ears["en"]
    gym.edit("meaning/en/answers.yaml", ("the same", "the very same"))
    gym.publish("3")
    assert gym.load().ears["en"] is not before.ears["en"]


def test_the_database_knows_which_versions_people_are_in(gym: Gym, enter: Enter) -> None:
    version = gym.load().version
    assert gym.store.versions_in_use(START) == set()
    enter().say("hello")
    assert gym.store.versions_in_use(gym.now) == {version}
    enter().say("hello")
    with gym.store.database.transaction() as connection:
        newest = select(func.max(sessions.c.id)).scalar_subquery()
        connection.execute(sessions.update().where(sessions.c.id == newest).values(state="{"))
    assert gym.store.versions_in_use(gym.now) == {version}
    assert gym.store.versions_in_use(gym.now + DAY) == set()
