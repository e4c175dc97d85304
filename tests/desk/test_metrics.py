"""What Prometheus reads: all of it, none of it secret, and as much as there is when the database is gone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from desk.worker import Worker
from flows.line import BACK_PAIN
from flows.published import Published
from flows.versions import Versions
from server import Parts, create_app
from settings import Settings
from store.jobs import LATE_SECONDS, schedule
from store.store import Store
from tests.conftest import Outage
from tests.keys import KEYS
from tests.sms.phone import PUBLIC_URL, TOKEN, Phone
from values import PROJECT
from voice.choose import Hearing

NOW = 1_790_000_000.0
_SILENT = Hearing(None, "nobody speaks here")


@dataclass
class Gym:
    """A whole line, with its clock in hand."""

    client: FlaskClient
    phone: Phone
    store: Store
    now: float = NOW

    def metrics(self) -> dict[str, float]:
        """Each sample's value, by its name and labels."""
        answer = self.client.get("/metrics")
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.get_data(as_text=True))
        return {_name(one.name, one.labels): one.value for family in families for one in family.samples}


def _name(name: str, labels: dict[str, str]) -> str:
    return name + "".join(f" {label}" for label in labels.values())


@pytest.fixture
def gym(database_url: str, tmp_path: Path, versions: Versions) -> Iterator[Gym]:
    settings = Settings(
        data_dir=tmp_path,
        database_url=database_url,
        public_url=PUBLIC_URL,
        twilio_auth_token=TOKEN,
        worker=False,
    )
    app = create_app(settings, Parts(versions, _SILENT), lambda: made.now)
    client = app.test_client()
    made = Gym(client, Phone(client), app.extensions["spotter"].store)
    yield made
    app.extensions["spotter"].close()


def test_turns_are_counted_and_timed_by_the_way_they_came(gym: Gym) -> None:
    gym.phone.text("I can't feel between my legs")
    gym.client.post("/voice/turn", json={"event": "started"})
    gym.client.post("/voice/turn", json={"event": "started"})
    now = gym.metrics()
    assert now["spotter_turns_total sms emergency"] == 1
    assert now["spotter_turns_total voice info"] == 2
    assert now["spotter_turns_total sms info"] == 0
    assert now["spotter_alerts_total emergency"] == 1
    assert now["spotter_turn_seconds_count sms"] == 1
    assert now["spotter_turn_seconds_count voice"] == 2
    assert 0 < now["spotter_turn_seconds_sum sms"] < 15
    assert now["spotter_turn_seconds_bucket sms 15.0"] == 1


def test_an_alert_that_nobody_takes_grows_old(gym: Gym) -> None:
    assert gym.metrics()["spotter_oldest_unacknowledged_alert_seconds"] == 0
    gym.phone.text("I can't feel between my legs")
    gym.now += 240
    now = gym.metrics()
    assert now["spotter_oldest_unacknowledged_alert_seconds"] == pytest.approx(240)
    assert now["spotter_live_alerts emergency open"] == 1


def test_without_a_worker_jobs_are_late_on_the_quietest_night(gym: Gym) -> None:
    worker = Worker(gym.store, {"reconcile": lambda _job, now: now + 300}, standing=("reconcile",))
    worker.begin()
    assert worker.work()
    gym.now += 300 + LATE_SECONDS
    now = gym.metrics()
    assert (now["spotter_jobs_due"], now["spotter_jobs_late"]) == (1, 1)
    assert now["spotter_oldest_due_job_seconds"] == pytest.approx(LATE_SECONDS)
    assert gym.client.get("/healthz").get_json()["jobs"] == "1 late: is a worker running?"


def test_a_wrong_signature_is_counted(gym: Gym) -> None:
    assert gym.phone.post(gym.phone.fields("hello"), signed="nonsense").status == 403
    assert gym.client.post("/desk/call/1/sam").status_code == 403
    now = gym.metrics()
    assert now["spotter_refused_signatures_total"] == 2
    assert now["spotter_turns_total sms info"] == 0


def test_without_a_database_there_is_what_the_process_knows(gym: Gym, outage: Outage) -> None:
    gym.phone.text("hello")
    with outage():
        gym.phone.text("hello")
        gym.client.post("/voice/turn", json={"text": "hello"})
        gone = gym.metrics()
        assert gym.client.get("/healthz").status_code == 503
        assert gym.client.get("/readyz").status_code == 503
    assert gone["spotter_database_up"] == 0
    assert not [name for name in gone if "jobs_" in name or "sends" in name]
    assert gone["spotter_turns_total sms info"] == 1
    assert gone["spotter_unkept_turns_total sms"] == 1
    assert gone["spotter_unkept_turns_total voice"] == 1
    assert gone["spotter_turn_seconds_count sms"] == 2
    assert gone["spotter_journal_entries waiting"] == 1
    assert gone["spotter_journal_entries aside"] == 0
    assert gym.metrics()["spotter_database_up"] == 1
    assert gym.client.get("/readyz").status_code == 200


def test_a_job_is_timed_by_its_kind(database_url: str) -> None:
    told: list[tuple[str, float]] = []
    store = Store(database_url, KEYS, lambda: NOW)
    worker = Worker(store, {"send": lambda _job, _now: None}, done=lambda *done: told.append(done))
    with store.database.transaction() as connection:
        for kind in ("send", "time_out:recheck"):
            schedule(connection, key=kind, kind=kind, due=NOW)
    while worker.work():
        pass
    assert sorted(kind for kind, _ in told) == ["send", "time_out"]
    assert all(0 <= seconds < 10 for _, seconds in told)
    store.database.close()


def test_each_application_has_metrics_of_its_own(tmp_path: Path, versions: Versions) -> None:
    for number in range(2):
        settings = Settings(data_dir=tmp_path / str(number), worker=False)
        app = create_app(settings, Parts(versions, _SILENT))
        client = app.test_client()
        client.post("/voice/turn", json={"event": "started"})
        text = client.get("/metrics").get_data(as_text=True)
        assert 'spotter_turns_total{channel="voice",level="info"} 1.0' in text
        app.extensions["spotter"].close()


def test_the_page_names_every_metric_and_no_other(gym: Gym) -> None:
    """What it would look like with everything in it: labels stand for themselves there."""
    page = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    text = gym.client.get("/metrics").get_data(as_text=True)
    families = {family.name: family.type for family in text_string_to_metric_families(text)}
    there = {name + ("_total" if kind == "counter" else "") for name, kind in families.items()}
    named = set(re.findall(r"^\| `(spotter_\w+)", page, re.MULTILINE))
    assert named == there
    # The network that Docker makes is called so too.
    used = set(re.findall(r"spotter_\w+", page)) - {"spotter_default"}
    assert {name.removesuffix("_bucket") for name in used} == there


def test_the_version_of_the_conversation_is_told(gym: Gym, versions: Versions) -> None:
    assert versions.newest is not None
    assert gym.metrics()[f"spotter_flow_info back_pain {versions.newest.version}"] == 1


def test_openmetrics_is_given_to_who_asks_for_it(gym: Gym) -> None:
    answer = gym.client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.content_type.startswith("application/openmetrics-text")
    assert answer.data.endswith(b"# EOF\n")
    assert gym.client.get("/metrics").content_type.startswith("text/plain")


def test_a_line_without_a_conversation_is_not_ready(tmp_path: Path) -> None:
    nothing = Settings(data_dir=tmp_path, worker=False)
    parts = Parts(Versions(BACK_PAIN, Published(tmp_path)), _SILENT)
    app = create_app(nothing, parts)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {
        "ready": False,
        "conversation": "cannot be used",
        "database": "ok",
        "server": "ok",
    }
    app.extensions["spotter"].close()


def test_nobody_waits_for_a_database_that_hangs(
    tmp_path: Path, versions: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.status._PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr("desk.metrics._PATIENCE_SECONDS", 0.1)
    app = create_app(Settings(data_dir=tmp_path, worker=False), Parts(versions, _SILENT))
    client = app.test_client()
    with app.extensions["spotter"].store.database.transaction():
        health, ready = client.get("/healthz"), client.get("/readyz")
        assert (health.status_code, health.get_json()["database"]) == (503, "does not answer")
        assert (ready.status_code, ready.get_json()["database"]) == (503, "does not answer")
        assert b"spotter_database_up 0.0" in client.get("/metrics").data
    app.extensions["spotter"].close()
