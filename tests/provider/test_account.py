"""The balance is read beside the pages, when somebody looks, and says nothing once it is old."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest

from components.provider.account import OUTDATED, Account
from components.provider.errors import NotSent
from components.provider.replies import Balance


class Bank:
    """A provider, a store and a clock."""

    def __init__(self) -> None:
        self.left: str | None = "12.34"
        self.currency = "USD"
        self.reads = 0
        self.closed = 0
        self.revision = 1
        self.now = 1000.0
        self.read_once = threading.Event()

    async def balance(self) -> Balance:
        self.reads += 1
        self.read_once.set()
        if self.left is None:
            raise NotSent("no connection")
        return Balance(current_balance=Decimal(self.left), currency=self.currency)

    async def aclose(self) -> None:
        self.closed += 1

    def account(self) -> Account:
        return Account(lambda: self, lambda: self.revision, lambda: self.now)

    def after(self, account: Account, seconds: float) -> int:
        """How often it has been read when so many more seconds have passed, with a glance at each."""
        before = self.reads
        for _ in range(int(seconds)):
            self.now += 1
            account.turn()
        return self.reads - before


@pytest.fixture
def bank() -> Bank:
    return Bank()


def test_before_the_first_reading_nothing_is_known(bank: Bank) -> None:
    account = bank.account()
    assert (account.balance(bank.now), account.has_been_read) == (None, False)
    account.turn()
    assert (account.balance(bank.now), account.has_been_read) == (Decimal("12.34"), True)
    assert bank.closed == bank.reads == 1


def test_it_is_read_every_few_minutes(bank: Bank) -> None:
    account = bank.account()
    account.turn()
    assert bank.after(account, 170) == 0
    assert bank.after(account, 20) == 1


def test_it_is_read_soon_after_a_take_has_changed_and_once_more_when_the_charge_is_written_down(
    bank: Bank,
) -> None:
    account = bank.account()
    account.turn()
    bank.after(account, 60)
    bank.revision, bank.left = 2, "10"
    assert bank.after(account, 1) == 1
    assert account.balance(bank.now) == 10
    bank.left = "9.5"
    assert 1 <= bank.after(account, 60) <= 2
    assert account.balance(bank.now) == Decimal("9.5")
    assert bank.after(account, 100) == 0


def test_takes_that_change_all_the_time_do_not_make_it_ask_all_the_time(bank: Bank) -> None:
    account = bank.account()
    account.turn()
    for _ in range(60):
        bank.revision += 1
        bank.after(account, 1)
    assert bank.reads <= 5


def test_an_old_balance_is_not_known(bank: Bank) -> None:
    account = bank.account()
    account.turn()
    assert account.balance(bank.now + OUTDATED) is not None
    assert account.balance(bank.now + OUTDATED + 1) is None


@pytest.mark.parametrize(("left", "currency"), [(None, "USD"), ("12", "EUR")])
def test_a_balance_that_cannot_be_read_is_not_known_and_is_tried_again(
    bank: Bank, left: str | None, currency: str
) -> None:
    account = bank.account()
    account.turn()
    bank.left, bank.currency = left, currency
    bank.after(account, 200)
    assert account.balance(bank.now) is None
    assert account.has_been_read
    bank.left, bank.currency = "5", "usd"
    bank.after(account, 61)
    assert account.balance(bank.now) == 5


def test_without_a_client_or_a_store_nothing_breaks(bank: Bank) -> None:
    def broken() -> int:
        raise OSError("the store is gone")

    account = Account(lambda: None, broken, lambda: bank.now)
    account.turn()
    account.turn()
    assert account.balance(bank.now) is None


def test_its_thread_reads_at_the_start_and_rests_until_somebody_looks(bank: Bank) -> None:
    account = bank.account()
    account.start()
    account.start()
    assert bank.read_once.wait(10)
    while not account.has_been_read:
        pass
    bank.read_once.clear()
    bank.now += 500
    account.look()
    assert bank.read_once.wait(10)
    account.stop()
    account.stop()
    assert not any(thread.name == "account" for thread in threading.enumerate())
