"""The staff: they reply to some pages, press a key on some calls, and leave the others."""

import random
import re
import time
from pathlib import Path

from werkzeug.datastructures import MultiDict

from tests.crash.cast import LINE, Message
from tests.crash.post import Post
from tests.crash.watcher import Watcher
from tests.sms.phone import PUBLIC_URL, fields_of
from tests.twilio.standin import ACCOUNT, Row, StandIn

_NAMES = ("sam", "alex", "kim", "robin", "jo", "max")
NUMBERS = {f"+1202555011{digit}": name for digit, name in enumerate(_NAMES, 1)}

_DIGITS = re.compile(r"ending in (?P<digits>\d{4})")
_CODE = re.compile(r"Reply OK (?P<code>\d{4,8})")
_KEY = re.compile(rf'action="{re.escape(PUBLIC_URL)}(?P<path>/desk/call/\d+/\w+)"')
_READING = (0.1, 2.0)
_GIVE_UP_SECONDS = 300.0


def write_roster(path: Path) -> None:
    """Everybody is on duty all day."""
    contacts = "\n".join(
        f'  {name}: {{name: "{name.title()}", number: "{number}"}}' for number, name in NUMBERS.items()
    )
    days = "mon, tue, wed, thu, fri, sat, sun"
    on_duty = f'{{days: [{days}], from: "00:00", to: "00:00", contacts: [{", ".join(_NAMES)}]}}'
    path.write_text(
        f'contacts:\n{contacts}\nsites:\n  harbour:\n    name: "Harbour Street"\n'
        f'    zone: "America/New_York"\n    numbers: ["{LINE}"]\n'
        f"    wait: {{emergency: 60, urgent: 180}}\n    shifts: [{on_duty}]\n",
        encoding="utf-8",
    )


class Crew(Watcher):
    """Answers pages. Nobody ever answers for one person in seven, told by their number."""

    def __init__(self, twilio: StandIn, post: Post, seed: int) -> None:
        super().__init__(twilio)
        self.sent: list[Message] = []
        self._post = post
        self._random = random.Random(seed)

    def notice(self, row: Row) -> None:
        if row.to not in NUMBERS:
            return
        said = row.body or row.posted["Twiml"]
        digits = _DIGITS.search(said)
        if digits is None or int(digits["digits"]) % 7 == 0 or self._random.random() < 0.5:
            return
        after = self._random.uniform(*_READING)
        if row.kind == "Calls":
            key = _KEY.search(said)
            assert key, said
            self.begin(self._press, row, key["path"], after)
        elif code := _CODE.search(said):
            closes = self._random.random() < 0.2
            self.begin(self._reply, row, code["code"], after, closes)

    def _reply(self, page: Row, code: str, after: float, closes: bool) -> None:
        for said in (f"OK {code}", f"done {code}")[: 2 if closes else 1]:
            time.sleep(after)
            message = Message(self.twilio.text_in(page.to, said, LINE))
            self.sent.append(message)
            row = message.row
            fields = fields_of(row.sender, said, MessageSid=row.sid, SmsSid=row.sid, SmsMessageSid=row.sid)
            give_up = time.monotonic() + _GIVE_UP_SECONDS
            while (answer := self._post.deliver(f"{PUBLIC_URL}/sms", fields)) is None:
                if time.monotonic() > give_up:
                    return
                time.sleep(0.3)
            message.answers.append(answer.texts)

    def _press(self, page: Row, path: str, after: float) -> None:
        """A key, once: who gets no answer hangs up."""
        time.sleep(after)
        fields = MultiDict({"CallSid": page.sid, "AccountSid": ACCOUNT, "Digits": "1", "To": page.to})
        self._post.deliver(f"{PUBLIC_URL}{path}", fields)
