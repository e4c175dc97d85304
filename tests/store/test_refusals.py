"""Who must not be texted is known until they take it back."""

from store.refusals import accept, refuse, refused
from store.store import Store
from store.tables import refusals
from tests.store.test_store import NOW, PERSON, rows


def test_a_refusal_holds_until_it_is_taken_back(store: Store) -> None:
    with store.database.transaction() as connection:
        assert not refused(connection, PERSON)
        refuse(connection, PERSON, "21610", NOW)
        refuse(connection, PERSON, "21610", NOW + 5)
        assert refused(connection, PERSON)
        assert not refused(connection, "+15550100002")
    assert rows(store, refusals) == [{"person": PERSON, "at": NOW + 5, "code": "21610"}]
    with store.database.transaction() as connection:
        accept(connection, PERSON)
        assert not refused(connection, PERSON)
