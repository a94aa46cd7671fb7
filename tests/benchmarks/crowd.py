"""Many open sessions at once: clients that speak Streamlit's protocol as its page in a browser does.

A client opens the Studio and stays. It asks again for every fragment that wants to be run every so often, as the
browser does, and can change a field: then it sends the choice, and waits until the run of the script is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from components.catalog.catalog import Catalog
from components.catalog.spec import Choice, Role
from tests.benchmarks.machine import Process

_LARGEST_MESSAGE = 50_000_000
_SETTLING = 5.0
_RUN_SECONDS = 60.0


@dataclass
class Crowd:
    """What the server needed for them. Memory in MB, CPU in percent of a core, times in ms."""

    idle_memory: float = 0.0
    one_memory: float = 0.0
    one_cpu: float = 0.0
    opened: float = 0.0
    """Until every page was there, all opened at once."""
    watching_memory: float = 0.0
    watching_cpu: float = 0.0
    changing_memory: float = 0.0
    changing_cpu: float = 0.0
    changes: list[float] = field(default_factory=list)


class Visitor:
    """One open tab of the Studio."""

    def __init__(self, socket: ClientConnection, label: str) -> None:
        self._socket = socket
        self._label = label
        self._page = ""
        self._widget = ""
        self._options: list[str] = []
        self._finished = asyncio.Event()
        self._hashes: set[str] = set()
        self._fragments: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def come(cls, origin: str, label: str) -> Visitor:
        """Opens the page as a browser without a cookie does; returns when the first run is over."""
        async with httpx.AsyncClient(base_url=origin, trust_env=False, timeout=_RUN_SECONDS) as browser:
            (await browser.get("/", headers={"Accept": "text/html"})).raise_for_status()
            cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        socket = await connect(
            f"ws{origin.removeprefix('http')}/_stcore/stream",
            additional_headers={"Cookie": cookies},
            origin=origin,  # type: ignore[arg-type]  # a str under a name of its own
            subprotocols=["streamlit"],  # type: ignore[list-item]  # likewise
            max_size=_LARGEST_MESSAGE,
            open_timeout=_RUN_SECONDS,
            proxy=None,
        )
        visitor = cls(socket, label)
        await visitor._run(BackMsg())
        return visitor

    async def change(self, option: int) -> float:
        """Chooses another option of the field; seconds until the run of the script is over."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self._widget
        state.string_array_value.data.append(self._options[option % len(self._options)])
        began = time.perf_counter()
        await self._run(message)
        return time.perf_counter() - began

    async def leave(self) -> None:
        """Closes the tab."""
        self._forget()
        self._listening.cancel()
        await self._socket.close()

    async def _run(self, message: BackMsg) -> None:
        self._finished.clear()
        await self._send(message)
        await asyncio.wait_for(self._finished.wait(), _RUN_SECONDS)

    async def _send(self, message: BackMsg) -> None:
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.cached_message_hashes.extend(self._hashes)
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        async for data in self._socket:
            assert isinstance(data, bytes)
            self._hear(ForwardMsg.FromString(data))

    def _hear(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            self._hashes.add(message.hash)
        match message.WhichOneof("type"):
            case "new_session":
                self._page = message.new_session.page_script_hash
                if not message.metadata.run.fragment_ids:
                    self._forget()
            case "auto_rerun":
                self._tick(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._forget(*message.stop_auto_rerun.fragment_ids)
            case "delta":
                element = message.delta.new_element
                if element.WhichOneof("type") == "button_group" and element.button_group.label == self._label:
                    self._widget = element.button_group.id
                    self._options = [option.content for option in element.button_group.options]
            case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._finished.set()

    def _tick(self, fragment: str, interval: float) -> None:
        if fragment in self._fragments and self._fragments[fragment][0] == interval:
            return
        self._forget(fragment)
        self._fragments[fragment] = interval, asyncio.create_task(self._ask_again(fragment, interval))

    async def _ask_again(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            message = BackMsg()
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
            await self._send(message)

    def _forget(self, *fragments: str) -> None:
        """Asks no more for these fragments; for none of them where none is named."""
        for fragment in fragments or tuple(self._fragments):
            if fragment in self._fragments:
                self._fragments.pop(fragment)[1].cancel()


async def crowd(origin: str, server: Process, *, sessions: int, seconds: float, every: float) -> Crowd:
    """Lets `sessions` people open the Studio at once, look for `seconds`, and change a field `every` few seconds
    for as long again. `server` is the process behind `origin`.
    """
    aspect_ratio = Catalog.bundled().models[0].by_role(Role.ASPECT_RATIO)
    assert isinstance(aspect_ratio, Choice)
    label = aspect_ratio.label
    seen = Crowd()
    visitors = [await Visitor.come(origin, label)]
    try:
        for option in range(3):  # so that everything which the page needs once is loaded
            await visitors[0].change(option)
        await asyncio.sleep(_SETTLING)
        seen.idle_memory = server.megabytes()
        with _cpu(server) as used:
            await asyncio.sleep(seconds)
        seen.one_memory, seen.one_cpu = server.megabytes(), used[0]

        began = time.perf_counter()
        visitors += await asyncio.gather(*(Visitor.come(origin, label) for _ in range(sessions - 1)))
        seen.opened = 1000 * (time.perf_counter() - began)
        await asyncio.sleep(_SETTLING)
        with _cpu(server) as used:
            await asyncio.sleep(seconds)
        seen.watching_memory, seen.watching_cpu = server.megabytes(), used[0]

        chance = random.Random(1)  # the same pauses every time
        end = time.monotonic() + seconds
        with _cpu(server) as used:
            done = await asyncio.gather(
                *(_change_every(visitor, every, chance.uniform(0, every), end) for visitor in visitors)
            )
        seen.changing_memory, seen.changing_cpu = server.megabytes(), used[0]
        seen.changes = [1000 * took for took in itertools.chain(*done)]
    finally:
        for visitor in visitors:
            await visitor.leave()
    return seen


async def _change_every(visitor: Visitor, every: float, first: float, end: float) -> list[float]:
    """Changes the field every so many seconds until `end`; how long each change took."""
    took: list[float] = []
    await asyncio.sleep(first)
    for option in itertools.count():
        if time.monotonic() >= end:
            break
        took.append(await visitor.change(option))
        await asyncio.sleep(max(0.0, every - took[-1]))
    return took


@contextlib.contextmanager
def _cpu(server: Process) -> Iterator[list[float]]:
    """The CPU that the server uses meanwhile: percent of a core, the list's only entry at the end."""
    used: list[float] = []
    clock, cpu = time.perf_counter(), server.cpu_seconds()
    yield used
    used.append(100 * (server.cpu_seconds() - cpu) / (time.perf_counter() - clock))
