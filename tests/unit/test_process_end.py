"""The end of a command's process: what Python does at the end is done, though the process is not taken apart."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import atexit, sys, threading, time
from pipelines.process import ends_well
class Last:
    def __del__(self):
        print("taken apart", file=sys.stderr, flush=True)
last = Last()
atexit.register(lambda: sys.stdout.write("registered "))
{work}
with ends_well(is_alone={is_alone}):
    sys.stdout.write("written ")
    raise SystemExit({status})
"""
_THREAD = 'threading.Thread(target=lambda: (time.sleep(0.3), sys.stdout.write("worked "))).start()'


@pytest.mark.parametrize(
    ("is_alone", "work", "status", "expected"),
    [
        (True, "", "None", (0, "written registered ", "")),
        (True, "", "2", (2, "written registered ", "")),
        (True, "", "'why'", (1, "written registered ", "why\ntaken apart\n")),
        (True, _THREAD, "3", (3, "written worked registered ", "taken apart\n")),
        (True, "sys.setprofile(slice)", "3", (3, "written registered ", "taken apart\n")),
        (False, "", "3", (3, "written registered ", "taken apart\n")),
    ],
    ids=["clean", "status", "text", "thread", "profiled", "not alone"],
)
def test_process_ends(is_alone: bool, work: str, status: str, expected: tuple[int, str, str]) -> None:
    program = _PROGRAM.format(work=work, is_alone=is_alone, status=status)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == expected
