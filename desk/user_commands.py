"""``python -m desk user …`` and ``audit …``: who may sign in, and the trail of what was done."""

import argparse
import getpass
import sys
from datetime import UTC, datetime
from typing import Any

import pyotp

from desk.trail import Entry, Trail
from desk.users import Role, UserError, Users
from store.store import Store

# Who did it, in the trail: somebody with the machine itself.
COMMAND_LINE = "command line"
# A second line about what was refused, since the first was written before.
NOT_DONE = "not done"
_COLUMNS = ("time (UTC)", "who", "action", "about", "details")


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
        one.add_argument("name", type=_name)
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
    show = audits.add_parser("show", help="print its last lines, the newest at the end")
    show.add_argument("--who", default="", help="only what this user did, or: command line")
    show.add_argument("--about", default="", help="only what was done about this, such as: conversation 12")
    show.add_argument("--last", type=_count, default=50, metavar="N", help="so many (default: %(default)s)")


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
    trail, done = Trail(store.database), f"user {options.verb}"
    try:
        password = _password() if options.verb in ("add", "password") else ""
        # First: what cannot be written there is not done.
        trail.record(now, COMMAND_LINE, done, options.name)
        return _change(options, password, users, now)
    except UserError as error:
        trail.record(now, COMMAND_LINE, done, options.name, NOT_DONE)
        sys.exit(f"{str(error)[0].upper()}{str(error)[1:]}.")


def _change(options: argparse.Namespace, password: str, users: Users, now: float) -> str:
    name = options.name
    match options.verb:
        case "add":
            users.add(name, Role[options.role.upper()], password, now)
            return f"{name} can sign in at /desk/ as {options.role}."
        case "password":
            users.set_password(name, password)
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
    """The trail's last lines, or whether it is whole. Ends with 1 when it is not."""
    trail = Trail(store.database)
    if options.verb == "show":
        return _table(trail.newest(options.last, who=options.who, about=options.about)[::-1])
    verdict = trail.verify()
    if verdict.broken is not None:
        sys.exit(f"The trail was changed: line {verdict.broken} is not as it was written.")
    if options.head and not trail.holds(options.head):
        sys.exit("The trail was cut off: the line with that seal is gone.")
    return f"All {verdict.entries} lines are as they were written. Seal: {verdict.head}"


def _table(entries: list[Entry]) -> str:
    rows = [_COLUMNS, *((_time(one.at), one.who, one.action, one.about, one.details) for one in entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _name(text: str) -> str:
    if not text.isprintable():
        raise argparse.ArgumentTypeError("use letters that can be printed")
    return text


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**6):
        raise argparse.ArgumentTypeError("use a whole number from 1 up")
    return int(text)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Once more: "):
        raise UserError("the two were not the same: try again")
    return first
