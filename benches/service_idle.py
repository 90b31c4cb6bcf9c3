"""What idle sessions cost: the service in a process of its own, so many meetings and streams in it, nobody near.

python benches/service_idle.py [SESSIONS] [SECONDS]

Prints the share of a core that the process takes, beside that of a server without any session in the same minutes: other
programs on the machine do not count, since only the process's own time does.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio
import httpx2

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.serving import Server

TICKS = os.sysconf("SC_CLK_TCK")
AT_ONCE = 16


def spent(pid: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> float:
    """MiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / (1 << 20)


async def fill(url: str, sessions: int) -> None:
    asked = [
        ("/v1/meetings", {"name": "idle", "ai": {"active_speaker": True, "highlights": True}}),
        ("/v1/streams", {"name": "idle"}),
    ]
    limit = anyio.CapacityLimiter(AT_ONCE)
    async with (
        httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60) as http,
        anyio.create_task_group() as group,
    ):

        async def make(number: int) -> None:
            async with limit:
                path, body = asked[number % 2]
                answer = await http.post(path, json=body)
                assert answer.status_code == 201, answer.text

        for number in range(sessions):
            group.start_soon(make, number)


def share(pid: int, seconds: float) -> float:
    before, begun = spent(pid), time.monotonic()
    time.sleep(seconds)
    return (spent(pid) - before) / (time.monotonic() - begun)


def main() -> None:
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    for count in (0, sessions):
        with (
            tempfile.TemporaryDirectory() as folder,
            Server(folder=Path(folder), errors=subprocess.DEVNULL) as server,
        ):
            pid = server.process.pid
            begun = time.monotonic()
            anyio.run(fill, server.url, count)
            made = time.monotonic() - begun
            # What newly made sessions have to say is said within ten seconds.
            time.sleep(15)
            print(
                f"{count:6} sessions ({made:.0f} s to make): {share(pid, seconds):.4f} core, "
                f"{resident(pid):.0f} MiB"
            )


if __name__ == "__main__":
    main()
