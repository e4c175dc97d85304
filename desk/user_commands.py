"""``python -m desk user …`` and ``audit …``: who may sign in, and whether the trail is whole."""

import argparse
import getpass
import sys
from typing import Any

import pyotp

from desk.trail import Trail
from desk.users import Role, UserError, Users
from store.store import Store

# Who did it, in the trail: somebody with the machine itself.
_WHO = "command line"


def add_user_commands(commands: Any) -> None:
    """Adds them to the desk's command line."""
    user = commands.add_parser("user", help="who may sign in at the desk")
    verbs = user.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="everybody, and their roles")
    for verb, what in (
        ("add", "add somebody; the password is asked for, or read from standard input"),
        ("password", "give a new password, which also ends a lock-out"),
        ("role", "give another role"),
        ("totp", "ask for a code from an app beside the password; prints what to put into the app"),
        ("remove", "remove somebody; what they did stays in the trail"),
    ):
        one = verbs.add_parser(verb, help=what)
        one.add_argument("name")
        if verb in ("add", "role"):
            one.add_argument(
                "--role", choices=[role.id for role in Role], required=verb == "role", default="staff"
            )
        if verb == "totp":
            one.add_argument("--off", action="store_true", help="ask for no code any more")
    trail = commands.add_parser("audit", help="the trail of what staff looked at and did")
    audits = trail.add_subparsers(dest="verb", required=True)
    verify = audits.add_parser("verify", help="check that nobody changed it; ends with 1 if somebody did")
    verify.add_argument("--head", help="the seal that was printed last time: must still be there")


def user_command(options: argparse.Namespace, store: Store) -> str:
    """Does it, and says so. Ends with 1 when it cannot be done."""
    users, now = Users(store.database), store.now()
    if options.verb == "list":
        return (
            "\n".join(
                f"{user.name}: {user.role.id}{', with a code' if second else ''}"
                for user, second in users.all()
            )
            or "Nobody yet. Add somebody: python -m desk user add NAME --role admin"
        )
    try:
        done = _change(options, users, now)
    except UserError as error:
        sys.exit(f"{str(error)[0].upper()}{str(error)[1:]}.")
    Trail(store.database).record(now, _WHO, f"user {options.verb}", options.name)
    return done


def _change(options: argparse.Namespace, users: Users, now: float) -> str:
    name = options.name
    match options.verb:
        case "add":
            users.add(name, Role[options.role.upper()], _password(), now)
            return f"{name} can sign in at /desk/ as {options.role}."
        case "password":
            users.set_password(name, _password())
            return f"{name} has a new password, and is signed out everywhere."
        case "role":
            users.set_role(name, Role[options.role.upper()])
            return f"{name} is {options.role} now, and is signed out everywhere."
        case "remove":
            users.remove(name)
            return f"{name} cannot sign in any more."
    secret = "" if options.off else pyotp.random_base32()
    users.set_totp(name, secret)
    if not secret:
        return f"{name} needs no code any more."
    address = pyotp.TOTP(secret, name=name, issuer="Spotter").provisioning_uri()
    return f"{name} needs a code from now on. Put this into an app such as FreeOTP:\n{address}"


def audit(options: argparse.Namespace, store: Store) -> str:
    """Whether the trail is whole. Ends with 1 when it is not."""
    trail = Trail(store.database)
    verdict = trail.verify()
    if verdict.broken is not None:
        sys.exit(f"The trail was changed: line {verdict.broken} is not as it was written.")
    if options.head and not trail.holds(options.head):
        sys.exit("The trail was cut off: the line with that seal is gone.")
    return f"All {verdict.entries} lines are as they were written. Seal: {verdict.head}"


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Once more: "):
        raise UserError("the two were not the same: try again")
    return first
