"""One frame for many viewers: the newest, never a queue."""

from __future__ import annotations

import asyncio

from sesamoid.server.scanning.encoding import Packet
from sesamoid.server.scanning.feed import FrameFan, FrameFeed


def packet(number: int) -> Packet:
    return Packet(number, b"{}", b"")


def test_a_slow_viewer_gets_the_newest_and_misses_the_rest() -> None:
    async def watch() -> None:
        feed = FrameFeed("slow", asyncio.get_running_loop())
        for number in range(1, 101):
            feed.offer(packet(number))
        taken = await feed.next()
        assert taken is not None
        assert taken.number == 100
        assert (feed.offered, feed.taken, feed.dropped) == (100, 1, 99)

    asyncio.run(watch())


def test_a_slow_viewer_takes_nothing_from_a_quick_one() -> None:
    async def watch() -> None:
        loop = asyncio.get_running_loop()
        fan, quick, slow = FrameFan(), FrameFeed("quick", loop), FrameFeed("slow", loop)
        fan.add(quick)
        fan.add(slow)
        seen = []
        for number in range(1, 21):
            fan.publish(packet(number))
            got = await quick.next()
            assert got is not None
            seen.append(got.number)
        assert seen == list(range(1, 21))
        assert quick.dropped == 0
        last = await slow.next()
        assert last is not None
        assert last.number == 20
        assert slow.dropped == 19

    asyncio.run(watch())


def test_a_viewer_who_left_gets_nothing_more() -> None:
    async def watch() -> None:
        fan, feed = FrameFan(), FrameFeed("gone", asyncio.get_running_loop())
        fan.add(feed)
        fan.remove(feed)
        fan.publish(packet(1))
        assert feed.take() is None
        feed.close()
        feed.offer(packet(2))
        assert feed.take() is None

    asyncio.run(watch())


def test_a_poke_wakes_without_a_frame() -> None:
    async def watch() -> None:
        feed = FrameFeed("poked", asyncio.get_running_loop())
        feed.poke()
        assert await asyncio.wait_for(feed.next(), 5) is None

    asyncio.run(watch())


def test_offering_never_waits_for_a_viewer_whose_loop_is_gone() -> None:
    loop = asyncio.new_event_loop()
    feed = FrameFeed("dead", loop)
    loop.close()
    feed.offer(packet(1))
    assert feed.closed
