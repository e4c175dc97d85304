"""Who may sign in, and how many guesses they have."""

import contextlib
from collections.abc import Iterator

import pyotp
import pytest

from desk.sign_ins import IDLE_SECONDS, LONGEST_SECONDS, SignIns
from desk.users import CrowdedError, RefusedError, Role, User, UserError, Users
from store.store import Store
from tests.kept import kept_in
from tests.keys import KEYS
from tests.together import run_together

NOW = 1_790_000_000.0
PASSWORD = "four odd words here"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url, KEYS, lambda: NOW)
    yield store
    store.database.close()


@pytest.fixture
def users(store: Store) -> Users:
    users = Users(store.database)
    users.add("Ana", Role.LEAD, PASSWORD, NOW)
    return users


def test_the_right_password_opens_and_a_wrong_one_does_not(users: Users) -> None:
    assert users.checked("Ana", PASSWORD, "", NOW) == User("Ana", Role.LEAD)
    for name, password in (("Ana", "four odd words"), ("Ben", PASSWORD), ("Ana", "")):
        with pytest.raises(RefusedError):
            users.checked(name, password, "", NOW)


def guess(users: Users, password: str, now: float) -> bool:
    """Whether a password that does not open the door was looked at."""
    with pytest.raises(RefusedError) as refused:
        users.checked("Ana", password, "", now)
    return refused.value.tried


def test_each_wrong_password_after_the_third_doubles_the_pause_and_the_right_one_ends_it(
    users: Users,
) -> None:
    now = NOW
    for pause in (0.0, 0.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 900.0, 900.0):
        assert guess(users, "wrong", now)
        # While they wait, not even the right one is looked at, and none makes the pause longer.
        assert not pause or not guess(users, PASSWORD, now + pause - 0.1)
        now += pause
    assert users.checked("Ana", PASSWORD, "", now).name == "Ana"
    assert guess(users, "wrong", now)
    assert users.checked("Ana", PASSWORD, "", now).name == "Ana"


def test_many_guesses_at_once_are_not_free(users: Users) -> None:
    looked_at: list[int] = []

    def one(number: int) -> None:
        try:
            users.checked("Ana", f"wrong {number}", "", NOW)
        except RefusedError as refused:
            looked_at.extend([number] * refused.tried)
        except CrowdedError:
            pass

    run_together(12, one)
    assert 1 <= len(looked_at) <= 3


def test_one_code_opens_once_however_many_bring_it_at_once(users: Users) -> None:
    secret = pyotp.random_base32()
    users.set_totp("Ana", secret)
    code, opened = pyotp.TOTP(secret).at(int(NOW)), []

    def one(_: int) -> None:
        with contextlib.suppress(RefusedError, CrowdedError):
            opened.append(users.checked("Ana", PASSWORD, code, NOW))

    run_together(4, one)
    assert len(opened) == 1


def test_a_code_in_other_digits_is_wrong_and_breaks_nothing(users: Users) -> None:
    users.set_totp("Ana", pyotp.random_base32())
    with pytest.raises(RefusedError):
        users.checked("Ana", PASSWORD, "١٢٣٤٥٦", NOW)


def test_a_second_factor_is_asked_for_and_each_code_opens_once(users: Users) -> None:
    secret = pyotp.random_base32()
    users.set_totp("Ana", secret)
    code = pyotp.TOTP(secret).at(int(NOW))
    with pytest.raises(RefusedError):
        users.checked("Ana", PASSWORD, "", NOW)
    assert users.checked("Ana", PASSWORD, code, NOW).name == "Ana"
    with pytest.raises(RefusedError):
        users.checked("Ana", PASSWORD, code, NOW + 1)


@pytest.mark.parametrize("typed", ["", "é", "\x00", "١٢٣٤٥٦", "1" * 200, "-1"])
def test_any_other_name_or_code_is_only_wrong(typed: str, users: Users) -> None:
    users.set_totp("Ana", pyotp.random_base32())
    for name, code in (("Ana", typed), (typed, "123456")):
        with pytest.raises(RefusedError) as refused:
            users.checked(name, PASSWORD, code, NOW)
        assert refused.value.tried == (name == "Ana")


def test_whoever_reads_the_database_has_no_second_factor(users: Users, database_url: str) -> None:
    secret = pyotp.random_base32()
    users.set_totp("Ana", secret)
    assert users.checked("Ana", PASSWORD, pyotp.TOTP(secret).at(int(NOW)), NOW).name == "Ana"
    kept = kept_in(database_url)
    assert b"argon2" in kept
    assert secret.encode() not in kept


def test_short_passwords_odd_and_taken_names_are_refused_with_the_mend(users: Users) -> None:
    for name, password, mend in (
        ("Ben", "short", "12 characters"),
        ("", PASSWORD, "1 to 40"),
        ("Ana", PASSWORD, "already"),
    ):
        with pytest.raises(UserError, match=mend):
            users.add(name, Role.STAFF, password, NOW)
    with pytest.raises(UserError, match="no user Ben"):
        users.set_role("Ben", Role.ADMIN)


@pytest.mark.usefixtures("users")
def test_nobody_stays_signed_in_for_ever(store: Store) -> None:
    sign_ins = SignIns(store.database)
    user = User("Ana", Role.LEAD)
    token = sign_ins.begin(user, NOW)
    assert sign_ins.user(token, NOW + IDLE_SECONDS) == user
    # That look counted as use.
    assert sign_ins.user(token, NOW + 2 * IDLE_SECONDS - 60, touch=False) == user
    assert sign_ins.user(token, NOW + 3 * IDLE_SECONDS) is None
    busy = sign_ins.begin(user, NOW)
    for minute in range(0, 13 * 60, 20):
        seen = sign_ins.user(busy, NOW + minute * 60)
        assert (seen is None) == (minute * 60 > LONGEST_SECONDS)
    assert sign_ins.user("made up", NOW) is None


@pytest.mark.parametrize("change", ["role", "password", "remove"])
def test_whoever_is_changed_is_signed_out(change: str, users: Users, store: Store) -> None:
    sign_ins = SignIns(store.database)
    token = sign_ins.begin(User("Ana", Role.LEAD), NOW)
    if change == "role":
        users.set_role("Ana", Role.STAFF)
    elif change == "password":
        users.set_password("Ana", PASSWORD + "!")
    else:
        users.remove("Ana")
    assert sign_ins.user(token, NOW) is None
