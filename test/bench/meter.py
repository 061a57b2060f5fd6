"""Measures a host from its start to SIGTERM.

Arguments: a file for the outcome, and the disks whose reads count. The file is there when measuring has begun, and has one JSON
object in it when it is over.
"""

import json
import os
import signal
import sys
from pathlib import Path

OUTCOME = Path(sys.argv[1])
DISKS = [os.path.basename(os.path.realpath(disk)) for disk in sys.argv[2:]]
# Fields of the line "cpu" of /proc/stat in which a processor is busy: user, nice, system, irq, softirq (proc(5)).
BUSY = (0, 1, 2, 5, 6)
SECTOR_BYTES = 512
SAMPLE_SECONDS = 0.2


def counters() -> dict[str, float]:
    stat = {line.split()[0]: line.split()[1:] for line in Path("/proc/stat").read_text().splitlines()}
    sent = [path for path in Path("/sys/class/net").glob("*/statistics/tx_bytes") if path.parts[-3] != "lo"]
    return {
        "cpuSeconds": sum(int(stat["cpu"][field]) for field in BUSY) / os.sysconf("SC_CLK_TCK"),
        "processes": int(stat["processes"][0]),
        "readBytes": sum(int(Path(f"/sys/class/block/{disk}/stat").read_text().split()[2]) * SECTOR_BYTES for disk in DISKS),
        "sentBytes": sum(int(path.read_text()) for path in sent),
    }


def available_bytes() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/meminfo has no MemAvailable")


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    before = available_bytes()
    lowest = before
    begin = counters()
    OUTCOME.touch()
    while signal.sigtimedwait({signal.SIGTERM}, SAMPLE_SECONDS) is None:
        lowest = min(lowest, available_bytes())
    end = counters()
    outcome = {name: end[name] - begin[name] for name in begin}
    OUTCOME.write_text(json.dumps({**outcome, "memoryBytes": before - lowest}))


main()
