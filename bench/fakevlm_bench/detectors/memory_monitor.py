"""How much memory a process and its children take, sampled while they run."""

from __future__ import annotations

import shutil
import subprocess
import threading

import psutil

from fakevlm_bench.json_types import PeakMemory

EVERY = 2.0
"""Seconds between two samples."""


class MemoryMonitor:
    """Samples resident memory of a process tree, and its memory on NVIDIA devices."""

    def __init__(self, pid: int) -> None:
        """Begin to sample in a thread."""
        self._pid = pid
        self._resident = self._device = 0
        self._nvidia = shutil.which("nvidia-smi")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def peak(self) -> PeakMemory:
        """Sample once more, and return the greatest number of bytes by kind, without zeros."""
        self._sample()
        peaks: PeakMemory = {}
        if self._resident:
            peaks["peak_memory_bytes"] = self._resident
        if self._device:
            peaks["peak_device_memory_bytes"] = self._device
        return peaks

    def close(self) -> None:
        """Stop sampling."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while self._sample() and not self._stop.wait(EVERY):
            continue

    def _sample(self) -> bool:
        """Look once; False where the process is gone."""
        try:
            root = psutil.Process(self._pid)
            tree = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return False
        self._resident = max(self._resident, sum(map(_resident, tree)))
        if self._nvidia:
            pids = {one.pid for one in tree}
            self._device = max(self._device, device_memory(self._nvidia, pids))
        return True


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def device_memory(command: str, pids: set[int]) -> int:
    """Sum the bytes that processes hold on NVIDIA devices.

    Args:
        command: Path of ``nvidia-smi``.
        pids: Ids of the processes.
    """
    query = [command, "--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"]
    try:
        listing = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    total = 0
    for line in listing.stdout.splitlines():
        pid, _, used = line.partition(",")
        if pid.strip().isdigit() and int(pid) in pids and used.strip().isdigit():
            total += int(used) * 2**20
    return total
