"""The cluster of a round: a broker, workers, hostile workers, and how its processes are started on this machine."""
import json
import os
import shutil
import subprocess

from chaos.disks import Disk
from chaos.hosts import Hosts
from chaos.processes import Process

TOPOLOGIES = {  # what a round may look like, and what that needs of the machine
    "one machine": (),  # over ipc; all read the broker's directory
    "apart": ("apart",),  # over ipc, but nobody sees the broker's directory
    "hosts": ("apart", "hosts"),  # network namespaces, over tcp with keys
}
SANITIZER = "verify_asan_link_order=0"  # the library may be loaded before the sanitizer's


class World:
    """Below DIRECTORY; SETTINGS has the paths of the programs and the patience."""

    def __init__(self, settings, directory, topology, workers, has_disks):
        self.settings, self.directory, self.topology = settings, directory, topology
        os.makedirs(directory)
        self.hosts = Hosts(workers + 1) if topology == "hosts" else None
        self.endpoint = self.hosts.endpoint() if self.hosts else f"ipc://{directory}/socket"
        if len(self.endpoint) > 100:
            raise RuntimeError(f"{directory} is too long a path for sockets; set TMPDIR to a shorter one")
        self.broker = self.process("broker")
        self.workers = [self.process(f"worker{i}") for i in range(workers)]
        self.hostile = []
        self.troubled = set()  # processes whose disks may fail
        self.damaged = set()  # stores in which bits were flipped
        self.has_keys = self.hosts is not None
        if self.has_keys:
            self.make_keys()
        self.disks = {}
        if has_disks:
            for p in [self.broker, self.workers[0]]:
                self.disks[p.name] = Disk(self.path(p.name))

    def path(self, name):
        return os.path.join(self.directory, name)

    def process(self, name):
        return Process(name, self.path(name + ".log"))

    def make_keys(self):
        program = self.settings.program
        subprocess.run([program, "keygen", self.path("broker.key")], stdout=subprocess.DEVNULL, check=True)
        with open(self.path("allowed"), "wb") as allowed:
            for role in ("worker", "client"):
                subprocess.run([program, "keygen", "--role", role, self.path(role + ".key")], stdout=allowed, check=True)

    def servers(self):
        return [self.broker] + self.workers

    # ---- Where and how a process is run

    def place(self, number, is_apart):
        """What goes in front of its arguments."""
        prefix = self.hosts.prefix(number) if self.hosts else []
        if is_apart and self.topology != "one machine":
            hide = 'mount -t tmpfs canvass-chaos "$1" && shift && exec "$@"'
            prefix = prefix + ["unshare", "-m", "--propagation", "slave", "sh", "-c", hide, "sh", self.path("broker")]
        return prefix

    def keys(self, role):
        if not self.has_keys:
            return []
        return ["--identity", self.path(role + ".key"), "--broker-key", self.path("broker.key.pub")]

    def layer(self, plan):
        """PLAN: of failing calls, as tests/chaos/failing_calls.c reads it."""
        if plan is None:
            return []
        sanitizer = os.environ.get("ASAN_OPTIONS", "")
        return ["env", f"LD_PRELOAD={self.settings.layer}", f"CANVASS_FAIL={plan}",
                f"CANVASS_FAIL_TOLD={self.path('failed-calls')}", f"ASAN_OPTIONS={sanitizer}:{SANITIZER}"]

    def start_broker(self, plan=None):
        keys = ["--identity", self.path("broker.key"), "--allow", self.path("allowed")] if self.has_keys else []
        os.makedirs(self.path("broker"), mode=0o700, exist_ok=True)  # another file system is mounted over it
        self.broker.start(self.place(1, False) + self.layer(plan) + [
            self.settings.program, "broker", "--listen", self.endpoint, "--store", self.path("broker"),
            "--losses", "30"] + keys)

    def start_worker(self, number, plan=None):
        self.workers[number].start(self.place(number + 2, True) + self.layer(plan) + [
            self.settings.program, "worker", "-b", self.endpoint, "--store", self.path(f"worker{number}"),
            "--threads", str(1 + number % 2)] + self.keys("worker"))

    def start(self, process, plan=None):
        if process is self.broker:
            self.start_broker(plan)
        else:
            self.start_worker(self.workers.index(process), plan)
        if plan is not None:
            self.troubled.add(process.name)

    def start_hostile(self, habit, fingerprint, seed):
        p = self.process(f"hostile{len(self.hostile)}")
        p.out = self.path(p.name + ".tasks")
        self.hostile.append(p)
        p.start([self.settings.hostile, self.endpoint, habit, fingerprint, str(seed)])

    def client_argv(self, arguments):
        last = len(self.workers) + 1
        patience = ["env", f"CANVASS_PATIENCE={self.settings.patience_s}"]
        command = [self.settings.program, *arguments, "-b", self.endpoint]
        return self.place(last, True) + patience + command + self.keys("client")

    def ask(self, *arguments):
        """Runs a client to its end: (exit code, output, errors)."""
        try:
            done = subprocess.run(self.client_argv(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=self.settings.patience_s, check=False)
        except subprocess.TimeoutExpired:
            return None, b"", f"no answer after {self.settings.patience_s} s"
        return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip()

    def listing(self, what):
        code, out, err = self.ask(what, "--json")
        if code != 0:
            raise RuntimeError(f"canvass {what}: exit code {code}: {err}")
        return json.loads(out)[what]

    def store(self, verb, *directories):
        done = subprocess.run([self.settings.program, "store", verb, *map(self.path, directories)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace").strip()

    def replace_store(self, store, fresh, old):
        """Puts FRESH in the place of STORE, which is kept as OLD.  On a small disk the contents are moved, not the
        folders."""
        move = self.move_content if store in self.disks else os.rename
        move(self.path(store), self.path(old))
        move(self.path(fresh), self.path(store))

    @staticmethod
    def move_content(source, target):
        os.makedirs(target, mode=0o700, exist_ok=True)
        for name in os.listdir(source):
            shutil.move(os.path.join(source, name), os.path.join(target, name))

    def failed_calls(self):
        """What the preloaded library did: lines with process, call, number and cause."""
        try:
            with open(self.path("failed-calls"), encoding="utf-8") as file:
                return [line.split() for line in file]
        except FileNotFoundError:
            return []

    def close(self, keeps):
        for p in self.servers() + self.hostile:
            p.kill()
        for disk in self.disks.values():
            disk.remove(keeps)
        if self.hosts:
            self.hosts.remove()
