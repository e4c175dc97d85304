"""Somebody at the console, through the whole application: the pages they see and the forms they send."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from desk.users import Role, Users
from store.tables import sends as texted
from tests.desk.gym import Desk

HERE = "https://desk.example.com"
PASSWORD = "a long and plain pass phrase"


def signs_in(client: FlaskClient) -> None:
    """Kay signs in."""
    form = {"name": "kay", "password": PASSWORD, "csrf_token": token(client, "/desk/sign-in")}
    assert sends(client, "/desk/sign-in", form)[0] == 302


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=HERE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page(client, path))
    assert found
    return found[1]


def does(client: FlaskClient, action: str, **fields: str) -> str:
    """What the page of conversation 1 shows after ``action`` there."""
    form = fields | {"csrf_token": token(client, "/desk/")}
    told = {"Referer": f"{HERE}/"}
    path = f"/desk/conversations/1/{action}"
    return client.post(path, data=form, base_url=HERE, headers=told, follow_redirects=True).get_data(True)


def sends(client: FlaskClient, path: str, form: dict[str, str]) -> tuple[int, str]:
    """The status and the page after ``form`` went to ``path``, without following it on."""
    answer = client.post(path, data=form, base_url=HERE, headers={"Referer": f"{HERE}/desk/"})
    return answer.status_code, answer.get_data(as_text=True)


def filled_in(shown: str, action: str) -> dict[str, str]:
    """What the form of the page ``shown`` that goes to ``action`` holds already."""
    form = shown.partition(f'action="{action}"')[2].partition("</form>")[0]
    held = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return held | dict(re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', form))


def texts(desk: Desk) -> list[tuple[str, str]]:
    with desk.store.database.transaction() as connection:
        rows = connection.execute(select(texted.c.recipient, texted.c.body).where(texted.c.kind == "staff"))
        return [(row.recipient, row.body) for row in rows]


def role(client: FlaskClient, desk: Desk, role: Role) -> None:
    """Kay gets another role, and signs in again."""
    Users(desk.store.database).set_role("kay", role)
    signs_in(client)
