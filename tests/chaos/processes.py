"""The processes of a round: started, disturbed, and examined when they have ended."""
import ctypes
import os
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def end_with_parent():
    """Runs in the child, which must not outlive a script that is killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A program in the background; what it writes is appended to LOG."""

    def __init__(self, name, log, out=None):
        self.name, self.log, self.out = name, log, out
        self.popen = None
        self.is_stopped = False
        self.is_killed = False  # by the script, since the last start
        self.is_asked_to_end = False
        self.code = None  # of the last end that was looked at
        self.log_size = 0  # when it was started last

    def start(self, argv):
        self.is_stopped = self.is_killed = self.is_asked_to_end = False
        self.log_size = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        with open(self.log, "ab") as log, open(self.out or os.devnull, "ab") as out:
            self.popen = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out if self.out else log, stderr=log,
                                          preexec_fn=end_with_parent)

    def is_running(self):
        return self.popen is not None and self.popen.poll() is None

    def has_ended(self):
        """True once for each end; CODE is then the exit code."""
        if self.popen is None or self.popen.poll() is None:
            return False
        self.code, self.popen = self.popen.returncode, None
        return True

    def ended_as_told(self):
        """To be called after has_ended: whether it ended properly or by the signal that was sent to it; SIGTERM ends
        a process that has not yet begun."""
        if self.is_asked_to_end:
            has_begun = os.path.getsize(self.log) > self.log_size
            return self.code == 0 or (self.code == -signal.SIGTERM and not has_begun)
        return self.is_killed and self.code == -signal.SIGKILL

    def kill(self):
        if self.popen is not None:
            self.is_killed, self.is_asked_to_end = True, False
            self.popen.kill()
            self.popen.wait()

    def stop(self):
        if self.is_running():
            self.is_stopped = True
            self.popen.send_signal(signal.SIGSTOP)

    def go_on(self):
        if self.is_stopped and self.is_running():
            self.popen.send_signal(signal.SIGCONT)
        self.is_stopped = False

    def ask_to_end(self):
        """Asks only once: a second signal would end it immediately."""
        if self.is_running() and not self.is_asked_to_end:
            self.is_asked_to_end = True
            self.popen.send_signal(signal.SIGTERM)
        self.go_on()

    def wait(self, patience_s):
        """False when it still runs after that time."""
        try:
            self.popen.wait(patience_s)
        except subprocess.TimeoutExpired:
            return False
        return True


def text_of(path, most=1 << 20):
    """The end of a log; "" when there is none."""
    try:
        with open(path, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - most))
            return file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def last_line(path):
    lines = text_of(path, 4096).strip().split("\n")
    return lines[-1]


def wait_until(is_so, patience_s, pause_s=0.05):
    """False when it is not so after that time; exceptions of IS_SO are passed on."""
    end = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(pause_s)
    return True
