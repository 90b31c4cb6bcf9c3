"""What an idle service holds in memory, and each idle session in it.

python benches/service_memory.py [SESSIONS]

Resident memory of the `v100 serve` process itself, from outside; half of the sessions are meetings with all their
layers, half streams.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2

KIB = 1024
MEETING = {"name": "m", "ai": {"highlights": True, "active_speaker": True}}
STREAM = {"name": "s", "analysis": {"scene_complexity": True, "visual": True, "highlights": True}}


def resident(process: subprocess.Popen[str]) -> float:
    """MiB."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    found = next(line for line in lines if line.startswith("VmRSS"))
    return int(found.split()[1]) / KIB


def main() -> None:
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "v100_ai.cli", "serve", "--port", "0"]
        command += ["--database", f"sqlite:///{folder}/v100.db"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            url = process.stdout.readline().rpartition(" ")[2].strip()
            with httpx2.Client(base_url=url, trust_env=False) as http:
                http.get("/readyz").raise_for_status()
                http.post("/v1/meetings", json=MEETING).raise_for_status()
                time.sleep(3)
                idle = resident(process)
                for number in range(sessions):
                    home, asked = ("meetings", MEETING) if number % 2 else ("streams", STREAM)
                    http.post(f"/v1/{home}", json=asked).raise_for_status()
                time.sleep(3)
                full = resident(process)
            process.kill()
    row = {
        "idle_mib": round(idle, 1),
        "sessions": sessions,
        "each_session_mib": round((full - idle) / sessions, 3),
        "must": "idle < 120, each < 3",
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
