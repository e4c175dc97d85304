"""One kiosk's conversation on a stream: what comes in is done, and what goes out is sent, by `voice.talk`."""

from collections.abc import Callable, Mapping
from typing import Any

from flows.levels import Level
from flows.session import expiry
from voice import assurance, talk, talk_actions, talk_events
from voice.alarm import Alarm
from voice.attention import Attention
from voice.delivery import Delivery, Out
from voice.endpointing import Kind
from voice.exchange import Answer, Said
from voice.hands import Hands
from voice.meaning import awaited
from voice.mouth import Uttered
from voice.noticed import Evidence
from voice.requests import Happened, Hello, Language, Plain, Played, Request, Say, Speed, Volume
from voice.staff import Staff
from voice.talk_state import Talk

_PLAIN: dict[str, talk_events.Event] = {
    "listen": talk_events.Called(),
    "hush": talk_events.Hushed(),
    "sleep": talk_events.Left(),
    "restart": talk_events.Restarted(),
}


class Conversation:
    """Talks with whoever stands at one kiosk. Not for several threads at once.

    ``uttered`` is called by another thread when a reply has gone out; its argument is to come back as
    `uttered` here.
    """

    def __init__(self, hands: Hands, out: Out, uttered: Callable[[Uttered], None]) -> None:
        self._hands, self._out = hands, out
        self._delivery = Delivery(hands.voices, hands.emergency_number, hands.clock, out, uttered)
        self._talk = Talk()
        self._attention = Attention(hands.listen, hands.hears, hands.clock, self)
        self._alarm, self._staff = Alarm(), Staff(hands.clock)
        self._kiosk = self._language = self._shown = ""
        self._last: Answer | None = None
        self._conversation: str | None = None
        self._due: float | None = None
        self._turn_at = hands.clock()

    def greet(self, hello: Hello, kiosk: str) -> None:
        """The client is there, at the kiosk called ``kiosk`` (``""``: it has no name)."""
        self._kiosk, self._language = kiosk, hello.language
        kept = bool(hello.conversation) and self._hands.dialogue.is_kept(
            hello.conversation, self._hands.now()
        )
        self._conversation = hello.conversation if kept else None
        self._attention.open()
        self._out.tell(
            {
                "type": "ready",
                "kiosk": kiosk,
                "hears": self._hands.hears,
                "wake": self._attention.wake_phrase,
                "emergency_number": self._hands.emergency_number,
                "volume": self._delivery.volume,
                "speed": self._delivery.speed,
            }
        )
        self._do(talk_events.Greeted(hello.mode == "wake", hello.duplex == "half", kept), tell_state=True)

    def ask(self, request: Request) -> None:
        """Does what the client asks for."""
        match request:
            case Say(text):
                self._words(text, None)
            case Happened("started"):
                self._do(talk_events.Opening())
            case Happened():
                self._do(talk_events.Due())
            case Played(reply):
                self._do(talk_events.Finished(reply))
            case Volume(percent):
                self._delivery.volume = percent
            case Speed(words):
                self._delivery.speed = words
            case Language(language):
                self._language = language
            case Plain("done"):
                self._attention.finish()
            case Plain(name):
                self._do(_PLAIN[name])

    def hear(self, pcm: bytes) -> None:
        """The next sound of the microphone."""
        self._attention.hear(pcm)

    def tick(self) -> None:
        """Does what is due by the clock. To be called a few times a second."""
        now = self._hands.clock()
        self._attention.tick()
        if self._delivery.is_over:
            self._do(talk_events.Finished(self._talk.reply))
        if self._due is not None and now >= self._due and not self._attention.speaking:
            self._do(talk_events.Due())
        elif self._due is None and now - self._turn_at > expiry("voice", self._level):
            self._do(talk_events.Faded())
        self._look_for_staff()

    def _look_for_staff(self) -> None:
        """Whoever speaks is not interrupted; nor is what to do in an emergency, or what staff said before."""
        conversation, last = self._conversation, self._last
        if conversation is None or last is None or self._attention.speaking:
            return
        if self._talk.state == "speaking" and (last.held or last.level == Level.EMERGENCY):
            return
        glance, held = self._hands.dialogue.glance, last.held
        if news := self._staff.look(lambda: glance(conversation, self._hands.now()), held):
            self._do(news)

    def uttered(self, uttered: Uttered) -> None:
        """A reply has gone out."""
        if uttered.reply != self._talk.reply or self._talk.state != "speaking":
            return
        if uttered.silent:
            self._out.tell({"type": "silent", "id": uttered.reply})
            self._do(talk_events.Finished(uttered.reply))
        else:
            self._delivery.ends(uttered.seconds)

    def close(self) -> None:
        """The client has gone."""
        self._delivery.hush()
        self._attention.close()

    # What the ears noticed, as `voice.attention.Attentive`.

    def happened(self, event: talk_events.Event) -> None:
        """Something that needs no words."""
        if isinstance(event, talk_events.Began):
            self._shown = ""
            self._alarm.begin()
        self._do(event)

    def so_far(self, text: str) -> None:
        """The words of an utterance that goes on."""
        if self._talk.state not in ("listening", "confirming"):
            return
        self._show(text)
        if self._alarm.rings(self._hands.dialogue.emergencies(text, self._spoken)):
            self._attention.speaking = False
            self._out.tell({"type": "heard", "text": text, "sure": True, "by": "speech"})
            self._do(talk_events.Alarmed(text))

    def words(self, text: str, evidence: Evidence) -> None:
        """The words of an utterance that has ended."""
        self._show(text)
        self._words(text, evidence)

    def level(self, message: Mapping[str, Any]) -> None:
        """How loud it is, as the client is told."""
        self._out.tell(message)

    def _show(self, text: str) -> None:
        """The words so far. Who speaks little, or sends sound fast, has none before all of it was said."""
        if text != self._shown and not self._is_private:
            self._shown = text
            self._out.tell({"type": "partial", "text": text})

    def _words(self, text: str, evidence: Evidence | None) -> None:
        """Final words. Typed ones come without ``evidence``, and are sure."""
        sure = assurance.sure(evidence, text)
        by = "text" if evidence is None else "speech"
        if not self._is_private:
            self._out.tell({"type": "heard", "text": text, "sure": sure, "by": by})
        meant = self._hands.dialogue.meant(self._conversation, text, self._hands.now(), self._spoken)
        self._do(assurance.weighed(text, evidence, meant, self._hands.hears))

    @property
    def _is_private(self) -> bool:
        """Whether a telephone number is being asked for, which is not to be shown."""
        return bool(self._last and self._last.aside and self._last.aside.stage != "closed")

    @property
    def _level(self) -> Level:
        return self._last.level if self._last else Level.INFO

    @property
    def _spoken(self) -> str:
        """The code of the language that is spoken; ``""`` until that is known."""
        return self._last.language if self._last else self._language

    # What is to be done.

    def _do(self, event: talk_events.Event, *, tell_state: bool = False) -> None:
        before = self._talk
        self._talk, actions = talk.step(before, event)
        if tell_state or self._talk.state != before.state:
            self._tell_state()
        for action in actions:
            self._act(action)

    def _tell_state(self) -> None:
        waits = self._due is not None and self._talk.kept
        left = {"ask_again_in": max(0.0, (self._due or 0.0) - self._hands.clock())} if waits else {}
        self._out.tell({"type": "state", "state": self._talk.state, **left})

    def _act(self, action: talk_actions.Action) -> None:
        match action:
            case talk_actions.Hear(how):
                self._listen(how)
            case talk_actions.Take(kind, text):
                said, now = Said(kind, text), self._hands.now()
                dialogue = self._hands.dialogue
                answer = dialogue.answer(self._conversation, said, now, self._spoken, self._kiosk)
                self._answered(answer)
            case talk_actions.Apologise():
                self._answered(
                    self._hands.dialogue.sorry(self._conversation, self._hands.now(), self._spoken)
                )
            case talk_actions.Deliver(reply, aloud):
                if self._last:
                    self._delivery.answer(reply, self._last, aloud=aloud)
            case talk_actions.Tell():
                last = self._last or Answer(None, (), language=self._language)
                self._delivery.tell(action, last)
            case talk_actions.Quiet(reply):
                self._delivery.hush()
                self._out.tell({"type": "hush", "id": reply})
            case talk_actions.Turn(what, by):
                self._delivery.turn(what, by)
            case talk_actions.Forget():
                self._last = self._conversation = self._due = None
                self._delivery.as_at_first()

    def _answered(self, answer: Answer) -> None:
        clock = self._hands.clock()
        if answer.conversation != self._conversation:
            self._staff = Staff(self._hands.clock)
        self._last, self._turn_at = answer, clock
        self._conversation = answer.conversation
        self._due = None if answer.ask_again_in is None else clock + answer.ask_again_in
        waiting, kept = self._due is not None, answer.conversation is not None
        self._do(talk_events.Answered(answer.done, waiting, kept))

    def _listen(self, how: str) -> None:
        match how:
            case "wait":
                self._attention.wait()
            case "guard":
                self._attention.guard()
            case "confirm":
                self._attention.listen("yes_no")
            case _:
                self._attention.listen(self._expected())

    def _expected(self) -> Kind:
        if self._conversation is None:
            return "open"
        meant = self._hands.dialogue.meant(self._conversation, "", self._hands.now(), self._spoken)
        return awaited(meant)
