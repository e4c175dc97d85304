"""Ten thousand bad requests a minute from one side, while people text: the short form of `bench.flood`."""

from bench.conversations import Talk
from bench.flood import bad_requests, harm

# What the kinds of `bad_requests` get: refused, told to wait, or cut off (0). A turn is answered at first.
REFUSALS = {400, 403, 404, 405, 413, 415, 429, 431, 503, 0}
TALK = Talk(
    ("hi", "my lower back hurts, I was deadlifting", "none", "no", "sharp", "4", "none"), alerts=False
)
TWILIO_WAITS_SECONDS = 15


def test_people_are_answered_in_a_flood_of_bad_requests() -> None:
    found = harm([TALK], 4.0)
    answers = found.flood.answers
    assert set(answers) <= REFUSALS | {200}
    assert answers.total() > 100
    assert answers[429] > 0
    assert answers[200] < answers.total() / len(bad_requests()) + 1
    assert answers[500] == 0
    # Every text got its answer, or `harm` would have raised; and long before Twilio gives up.
    assert len(found.flooded.times) > 5
    assert found.flooded.quantile(1.0) < TWILIO_WAITS_SECONDS * 1000 / 3
