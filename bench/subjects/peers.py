"""Python's racing connects, asyncio and trio, with the protocol of README.md beside this file.

peers.py asyncio | trio
"""

import asyncio
import ipaddress
import json
import resource
import socket
import struct
import sys
import time

DELAY = 0.25
NAME = "list.invalid"
RESET = struct.pack("ii", 1, 0)


def read_plan():
    calls, at_once, timeout = map(int, sys.stdin.readline().split())
    endpoints = []
    while (line := sys.stdin.readline().rstrip("\n")) != ".":
        host, port = line.split(" ")
        endpoints.append((host, int(port)))
    return calls, at_once, timeout / 1000 or None, endpoints


def infos_of(endpoints):
    """What getaddrinfo() would answer if the name had these addresses."""
    infos = []
    for host, port in endpoints:
        is_v6 = ipaddress.ip_address(host).version == 6
        family = socket.AF_INET6 if is_v6 else socket.AF_INET
        address = (host, port, 0, 0) if is_v6 else (host, port)
        infos.append((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address))
    return infos


def rss_bytes():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def failed(start, error):
    if isinstance(error, (asyncio.TimeoutError, TimeoutError)):
        outcome, errors = "ETIMEDOUT", 1
    else:
        outcome = type(error).__name__
        inner = getattr(error, "exceptions", None) or getattr(error.__cause__, "exceptions", None)
        errors = len(inner) if inner else 1
    return {"ms": (time.monotonic() - start) * 1e3, "outcome": outcome, "errors": errors}


def connected(start, sock):
    row = {"ms": (time.monotonic() - start) * 1e3, "outcome": "connected", "errors": 0}
    row["address"] = sock.getpeername()[0]
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    return row


class AsyncioSubject:
    """loop.create_connection() with happy_eyeballs_delay, and a getaddrinfo() that answers with the list."""

    async def run(self, endpoints, calls, at_once, timeout):
        loop = asyncio.get_running_loop()
        port = endpoints[0][1]
        infos = infos_of(endpoints)

        async def getaddrinfo(*_args, **_options):
            return infos

        loop.getaddrinfo = getaddrinfo
        rows = []
        left = calls

        async def lane():
            nonlocal left
            while left > 0:
                left -= 1
                rows.append(await self.call(loop, port, timeout))

        await asyncio.gather(*(lane() for _ in range(min(at_once, calls))))
        return rows

    async def call(self, loop, port, timeout):
        start = time.monotonic()
        making = loop.create_connection(
            asyncio.Protocol, NAME, port, happy_eyeballs_delay=DELAY, interleave=1
        )
        try:
            transport, _ = await asyncio.wait_for(making, timeout)
        except (OSError, asyncio.TimeoutError, ExceptionGroup) as error:
            return failed(start, error)
        row = connected(start, transport.get_extra_info("socket"))
        transport.abort()
        await asyncio.sleep(0)
        return row

    def start(self, *plan):
        return asyncio.run(self.run(*plan))


class TrioSubject:
    """trio.open_tcp_stream() with happy_eyeballs_delay, and a resolver that answers with the list."""

    def __init__(self):
        import trio  # pylint: disable=import-outside-toplevel

        self.trio = trio

    async def run(self, endpoints, calls, at_once, timeout):
        trio = self.trio
        infos = infos_of(endpoints)

        class Resolver(trio.abc.HostnameResolver):
            async def getaddrinfo(self, *_args, **_options):
                return infos

            async def getnameinfo(self, *_args, **_options):
                raise NotImplementedError

        trio.socket.set_custom_hostname_resolver(Resolver())
        rows = []
        left = calls

        async def lane():
            nonlocal left
            while left > 0:
                left -= 1
                rows.append(await self.call(endpoints[0][1], timeout))

        async with trio.open_nursery() as nursery:
            for _ in range(min(at_once, calls)):
                nursery.start_soon(lane)
        return rows

    async def call(self, port, timeout):
        start = time.monotonic()
        try:
            with self.trio.fail_after(timeout or float("inf")):
                stream = await self.trio.open_tcp_stream(NAME, port, happy_eyeballs_delay=DELAY)
        except self.trio.TooSlowError:
            return failed(start, TimeoutError())
        except OSError as error:
            return failed(start, error)
        row = connected(start, stream.socket)
        await stream.aclose()
        return row

    def start(self, *plan):
        return self.trio.run(self.run, *plan)


def main():
    calls, at_once, timeout, endpoints = read_plan()
    subject = AsyncioSubject() if sys.argv[1] == "asyncio" else TrioSubject()
    print("ready", flush=True)
    sys.stdin.readline()
    rss = rss_bytes()
    before = resource.getrusage(resource.RUSAGE_SELF)
    rows = subject.start(endpoints, calls, at_once, timeout)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    for row in rows:
        print(json.dumps(row))
    print(json.dumps({"cpuMs": cpu * 1e3, "rssBytes": max(0, after.ru_maxrss * 1024 - rss)}))


main()
