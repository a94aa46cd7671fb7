import re
import threading
from pathlib import Path

import pytest

from components.identity import Identity, signed_in


def test_a_browser_is_known_again_after_a_restart(tmp_path: Path) -> None:
    first = Identity(tmp_path)
    cookie = {first.cookie: first.issue()}
    owner = first.owner(cookie)
    assert owner is not None
    assert len(owner) == 32
    assert Identity(tmp_path).owner(cookie) == owner


def test_two_browsers_are_two_owners(tmp_path: Path) -> None:
    identity = Identity(tmp_path)
    owners = {identity.owner({identity.cookie: identity.issue()}) for _ in range(20)}
    assert len(owners) == 20


@pytest.mark.parametrize("forged", ["", "x", "abc.def", "ä", "\x00", "a" * 5000])
def test_a_forged_cookie_is_nobody(tmp_path: Path, forged: str) -> None:
    identity = Identity(tmp_path)
    assert identity.owner({identity.cookie: forged}) is None


def test_a_cookie_with_another_owner_written_into_it_is_nobody(tmp_path: Path) -> None:
    identity = Identity(tmp_path)
    value, signature = identity.issue().rsplit(".", 1)
    other = "0" * len(value)
    assert identity.owner({identity.cookie: f"{other}.{signature}"}) is None


def test_another_playground_on_the_same_host_has_another_cookie(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    here, there = Identity(tmp_path / "a"), Identity(tmp_path / "b")
    assert here.cookie != there.cookie
    assert there.owner({there.cookie: here.issue()}) is None


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    made: list[Identity] = []
    threads = [threading.Thread(target=lambda: made.append(Identity(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cookie = {made[0].cookie: made[0].issue()}
    assert len({identity.owner(cookie) for identity in made}) == 1
    assert None not in {identity.owner(cookie) for identity in made}


def test_the_secret_is_only_for_the_user_that_runs_the_app(tmp_path: Path) -> None:
    Identity(tmp_path)
    assert (tmp_path / "cookie.secret").stat().st_mode & 0o077 == 0


PERSON = {"is_logged_in": True, "iss": "https://login.example", "sub": "42"}


def test_a_person_who_signed_in_is_the_same_everywhere_and_nobody_else() -> None:
    owner = signed_in(PERSON)
    assert owner is not None
    assert re.fullmatch("[0-9a-f]{32}", owner)
    assert signed_in({**PERSON, "email": "new@example.com", "exp": 7}) == owner
    others = [{**PERSON, "sub": "43"}, {**PERSON, "iss": "https://other.example"}, {**PERSON, "iss": None}]
    assert len({owner, *map(signed_in, others)}) == 4


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"email": "test@example.com"},
        {**PERSON, "is_logged_in": False},
        {**PERSON, "is_logged_in": "yes"},
        {**PERSON, "sub": ""},
        {**PERSON, "sub": None},
        {"is_logged_in": True, "email": "a@example.com"},
    ],
)
def test_without_a_login_nobody_has_signed_in(user: dict[str, object]) -> None:
    assert signed_in(user) is None
