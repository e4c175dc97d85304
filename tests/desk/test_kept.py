"""What is kept of a number: admins give it to people, or forget it."""

from flask.testing import FlaskClient

from desk.trail import Trail
from desk.users import Role
from tests.desk.gym import PERSON, Desk
from tests.desk.pages import HERE, does, role, token


def test_admins_give_people_what_is_kept_of_them_or_forget_it(client: FlaskClient, desk: Desk) -> None:
    desk.alert(said="cant feel my legs")
    role(client, desk, Role.ADMIN)

    def asks(action: str, **fields: str) -> str:
        form, told = fields | {"csrf_token": token(client, "/desk/")}, {"Referer": f"{HERE}/"}
        path = f"/desk/kept/{action}"
        return client.post(path, data=form, base_url=HERE, headers=told, follow_redirects=True).get_data(True)

    assert "cant feel my legs" in asks("export", number="+1 (202) 555-0123")
    assert "Write the whole number" in asks("export", number="202 555")
    assert '<p class="wrong" role="alert">Nothing was done. Tick the box' in asks("forget", number=PERSON)
    assert "still have an alert" in asks("forget", number=PERSON, sure="yes")
    does(client, "close", outcome="helped")
    assert '<p class="done" role="status">1 conversation was forgotten' in asks(
        "forget", number=PERSON, sure="yes"
    )
    assert "cant feel my legs" not in asks("export", number=PERSON)
    done = [one.action for one in Trail(desk.store.database).about("a number")]
    assert sorted(done) == ["delete", "delete", "export", "export"]
