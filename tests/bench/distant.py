"""Case b: the same to 200 hosts that answer after 50 ms, and with a tenth of the hosts failing."""

from __future__ import annotations

from tests.bench.ground import HOSTS, check_all_sent, ground, hosts
from tests.bench.measure import Result, Size, timed
from tests.bench.sinks import sink
from tests.bench.stock import DUE, Stock, fill
from tests.bench.webhooks import SLOTS

DELIVERIES = 5000
LATENCY = 0.05


async def run(size: Size) -> Result:
    """Measure."""
    result = Result("distant")
    count = size.of(DELIVERIES, 200)
    with sink("http", LATENCY) as port:
        far = [await _sent(count, hosts(port), count) for _ in range(size.rounds)]
    with sink("http") as port:
        well, ill = [], []
        for _ in range(size.rounds):
            well.append(await _sent(count, hosts(port), count))
            some = tuple(
                url.replace("/hook", "/down") if n % 10 == 0 else url
                for n, url in enumerate(hosts(port))
            )
            good = sum(1 for n in range(count) if n % HOSTS % 10)
            ill.append(await _sent(count, some, good))
    limit = SLOTS / LATENCY
    rate = result.add("200 hosts at 50 ms, 128 in flight: sent", "/s", *far)
    result.at_least(f"of the latency's limit, {limit:.0f}/s", rate.median / limit, 0.6)
    whole = result.add("200 hosts at once: sent", "/s", *well)
    others = result.add("a tenth of the hosts answers 503: sent to the others", "/s", *ill)
    result.at_least("others' rate / nine tenths of all", others.median / whole.median / 0.9, 0.9)
    return result


async def _sent(count: int, urls: tuple[str, ...], good: int) -> float:
    """Deliveries a second that were taken, planned beforehand."""
    async with ground() as (app, clock):
        await fill(app, Stock(count, urls=urls))
        clock.set(DUE)
        await app.plan()
        spent = await timed(app.ensure_sender().drain)
        await check_all_sent(app, good)
    return good / spent.seconds
