"""What rounds work on: surveys, specifications, and the reports of `canvass run`, each made once."""
import json
import os
import random
import subprocess
import tempfile

from chaos.processes import Process, wait_until

ITEMS = 8
SURVEYS = {"small": 4000, "medium": 50000, "large": 150000}  # rows: of one task, of two, of five
QUICK = {"small": 2000, "medium": 6000, "large": 40000}
SHARD_ROWS = {"small": (300, 1000), "medium": (3000, 10000), "large": (10000, 32768)}

VARIABLES = """variables:
  'q*': {type: scale, range: [0, 9]}
  group: {type: nominal}
analyses:
"""
SPECIFICATIONS = {f"top{boxes}": f"  - csat: {{items: ['q*'], boxes: {boxes}, by: group}}\n" for boxes in (1, 2, 3)}
SPECIFICATIONS.update({f"first{n}": f"  - describe: {{items: [{', '.join(f'q{i + 1}' for i in range(n))}], by: group}}\n"
                       for n in (1, 4, 8)})
SPECIFICATIONS.update({f"pairs{n}": f"  - correlate: {{items: [{', '.join(f'q{i + 1}' for i in range(n))}], method: both}}\n"
                       for n in (3, 5, 8)})
SPECIFICATIONS.update({f"parts{k}": f"  - segment: {{items: ['q*'], k: '2..{k}'}}\n" for k in (3, 4)})  # of many stages


class Material:
    """In DIRECTORY.  SEED decides the answers."""

    def __init__(self, program, directory, seed, is_quick, patience_s):
        self.program, self.directory, self.seed, self.patience_s = program, directory, seed, patience_s
        self.rows = QUICK if is_quick else SURVEYS
        self.reports = {}
        self.known_fingerprint = None
        os.makedirs(directory, exist_ok=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def data(self, survey):
        path = self.path(survey + ".csv")
        if not os.path.exists(path):
            rng = random.Random(f"{self.seed}/{survey}")
            lines = [",".join(f"q{i + 1}" for i in range(ITEMS)) + ",group"]
            for _ in range(self.rows[survey]):
                group, bits = rng.randrange(3), rng.getrandbits(32)
                answers = []
                for item in range(ITEMS):  # answers depend on the group, so that there are segments to find
                    answers.append(str((bits % 7 + group + (group // 2 if item < 4 else 0)) % 10))
                    bits //= 7
                lines.append(",".join(answers) + "," + "abc"[group])
            self.write(path, "\n".join(lines) + "\n")
        return path

    def specification(self, name):
        path = self.path(name + ".yaml")
        if not os.path.exists(path):
            self.write(path, VARIABLES + SPECIFICATIONS[name])
        return path

    @staticmethod
    def write(path, text):
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def report(self, specification, survey):
        """The bytes that a job's report must have."""
        key = (specification, survey)
        if key not in self.reports:
            done = subprocess.run([self.program, "run", self.specification(specification), self.data(survey),
                                   "--format", "json", "-q"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
            self.reports[key] = done.stdout
        return self.reports[key]

    def fingerprint(self):
        """The fingerprint of this machine's workers, which hostile ones claim to have."""
        if self.known_fingerprint is None:
            with tempfile.TemporaryDirectory(dir=self.directory) as there:
                self.known_fingerprint = self.ask_fingerprint(there)
        return self.known_fingerprint

    def ask_fingerprint(self, there):
        endpoint = f"ipc://{there}/socket"
        broker, worker = (Process(name, os.path.join(there, name + ".log")) for name in ("broker", "worker"))
        found = []

        def is_listed():
            done = subprocess.run([self.program, "workers", "--json", "-b", endpoint], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, check=True)
            found.extend(w["fingerprint"] for w in json.loads(done.stdout)["workers"])
            return found

        try:
            broker.start([self.program, "broker", "--listen", endpoint, "--store", os.path.join(there, "broker")])
            worker.start([self.program, "worker", "-b", endpoint, "--store", os.path.join(there, "worker")])
            if not wait_until(is_listed, self.patience_s):
                raise RuntimeError("no worker joins an undisturbed broker")
        finally:
            worker.kill()
            broker.kill()
        return found[0]
