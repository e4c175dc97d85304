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
    (row,) = rows(store, refusals)
    assert (row["at"], row["code"]) == (NOW + 5, "21610")
    # Of whom nobody texts, only the hash is kept.
    assert PERSON[1:] not in str(row["person"])
    with store.database.transaction() as connection:
        accept(connection, PERSON)
        assert not refused(connection, PERSON)
