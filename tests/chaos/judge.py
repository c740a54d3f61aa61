"""What must hold after a round, whatever happened in it."""
import re
import time

from chaos import faults
from chaos.processes import text_of

# What a process must never write: an assertion that failed, a sanitizer, a debug build's core_check.
FATAL = re.compile(r"Assertion .* failed|: runtime error:|ERROR: \w*Sanitizer|WARNING: ThreadSanitizer|"
                   r"stack smashing|free\(\): |malloc\(\): |double free|core_check")
LOST_BY_A_FLIP = 2  # records that a flipped bit of an index may cost: tests/broker/upkeep_test.c
UNFINISHED = ("queued", "running")


def fatal_words(text):
    """The first line that shows a programming error, or None."""
    found = FATAL.search(text)
    return text[found.start():].split("\n")[0][:200] if found else None


def difference(expected, found):
    """Where two reports differ; None when they are equal."""
    if expected == found:
        return None
    at = next((i for i, (a, b) in enumerate(zip(expected, found)) if a != b), min(len(expected), len(found)))
    near = slice(max(0, at - 40), at + 60)
    return f"other bytes from {at} on: {found[near]!r} instead of {expected[near]!r}"


def job_problem(promise, job, report_problem):
    """What is wrong with a listed job that has ended; REPORT_PROBLEM says how its report differs (None: equal)."""
    if job["state"] == "cancelled":
        return "was cancelled, though nobody asked for it"
    if job["state"] == "failed":
        if promise == faults.EQUAL:
            return f"failed: {job['message']}"
        return None if job["message"] else "failed without a message"
    if report_problem is not None and promise < faults.LIES:
        return report_problem
    return None


class Judge:
    def __init__(self, storm, patience_s):
        self.storm, self.world, self.patience_s = storm, storm.world, patience_s
        self.promise = storm.plan.promise
        self.reports = 0  # compared and equal
        self.waiting = []  # jobs that still wait, with what they say they wait for
        self.again = []  # submits whose job gave no report, to be repeated under another key

    def problem(self, text):
        self.storm.problem(text)

    # ---- Jobs

    def wait_for_jobs(self, ids):
        """{id: the job as listed}, when all have ended or patience has run out."""
        end = time.monotonic() + self.patience_s
        while True:
            listed = {job["id"]: job for job in self.world.listing("jobs")}
            open_ids = [i for i in ids if listed.get(i, {}).get("state") in UNFINISHED]
            if not open_ids or time.monotonic() > end:
                return listed, open_ids
            self.keep_running()

    def keep_running(self):
        self.storm.tick()
        time.sleep(0.1)

    def check_jobs(self):
        submits = [s for s in self.storm.submits if s.ids]
        self.again += [s for s in self.storm.submits if not s.ids]  # over a dataset that was damaged
        for s in submits:
            if len(s.ids) > 1:
                self.problem(f"{s.name}: the same key gave {len(s.ids)} jobs: {sorted(s.ids)}")
        listed, open_ids = self.wait_for_jobs([i for s in submits for i in s.ids])
        for i in open_ids:
            waits = listed[i].get("waits", "")
            if waits:
                self.waiting.append(f"{i[:8]}: {waits}")
            else:
                self.problem(f"job {i} has not ended after {self.patience_s} s, and says nothing of why")
        lost = 0
        for s in submits:
            for i in sorted(s.ids):
                if i not in listed:
                    lost += 1
                elif i not in open_ids:
                    self.check_job(s, listed[i])
        if lost > (LOST_BY_A_FLIP if "salvaged" in self.world.damaged else 0):
            self.problem(f"{lost} acknowledged jobs are lost")

    def check_job(self, submit, job):
        expected = self.storm.material.report(submit.specification, submit.put.survey)
        report_problem = None
        if job["state"] == "done":
            code, out, err = self.world.ask("report", job["id"], "--format", "json")
            report_problem = difference(expected, out) if code == 0 else f"no report: exit code {code}: {err}"
            if code != 0 and self.promise >= faults.REPAIRED and "broker" in self.world.damaged:
                self.again.append(submit)
                return
            if report_problem is None and submit.waits and submit.process.code == 0:
                report_problem = difference(expected, submit.report())
        wrong = job_problem(self.promise, job, report_problem)
        if wrong is not None:
            self.problem(f"{submit.name} ({job['id'][:8]}, {submit.specification} of {submit.put.survey}) {wrong}")
        elif job["state"] == "done" and report_problem is None:
            self.reports += 1
        else:
            self.again.append(submit)

    def check_datasets(self):
        names = {d["name"] for d in self.world.listing("datasets")}
        missing = [p.name for p in self.storm.puts if p.is_done and p.name not in names]
        if "broker blobs" in self.world.damaged:
            return  # they are put again
        if len(missing) > (LOST_BY_A_FLIP if "salvaged" in self.world.damaged else 0):
            self.problem(f"acknowledged datasets are lost: {', '.join(missing)}")

    # ---- What failed can be repaired

    def check_repair(self):
        """The same files are put again, and without hostile workers jobs under other keys give the right reports."""
        for p in self.world.hostile:
            p.kill()
        repaired = self.storm.puts if "broker blobs" in self.world.damaged else {s.put for s in self.again}
        for put in repaired:
            code, _, err = self.world.ask(*put.arguments)
            if code != 0:
                self.problem(f"{put.name} cannot be put again: exit code {code}: {err}")
        for s in self.again:
            arguments = ["submit", self.storm.material.specification(s.specification), "--dataset", s.put.name,
                         "--wait", "--format", "json", "-q"]
            code, out, err = self.world.ask(*arguments)
            wrong = f"exit code {code}: {err}" if code != 0 else difference(
                self.storm.material.report(s.specification, s.put.survey), out)
            if wrong is not None:
                self.problem(f"{s.name}, submitted again: {wrong}")
            else:
                self.reports += 1

    # ---- Processes and stores

    def check_ends(self):
        """All processes end properly when they are asked to, and leave stores that are whole."""
        for p in self.world.workers + [self.world.broker]:
            self.storm.tell(f"{p.name} is asked to end")
            p.ask_to_end()
            if p.popen is None:
                self.problem(f"{p.name} does not run at the end")
            elif not p.wait(self.patience_s):
                self.problem(f"{p.name} does not end {self.patience_s} s after SIGTERM")
            elif p.has_ended() and p.code != 0:
                self.problem(f"{p.name} ended with {p.code} after SIGTERM")

    def check_stores(self):
        for p in self.world.servers():
            code, said = self.world.store("verify", p.name)
            self.storm.tell(f"verify {p.name}: {code}: {said}")
            if code != 0 and not (code == 1 and p.name in self.world.damaged):
                self.problem(f"store verify {p.name}: exit code {code}: {said}")

    def check_logs(self):
        processes = self.world.servers() + self.world.hostile + [w.process for w in self.storm.wishes]
        for p in processes:
            words = fatal_words(text_of(p.log))
            if words is not None:
                self.problem(f"{p.name}: {words}")

    def run(self):
        steps = (self.check_jobs, self.check_datasets, self.check_repair, self.check_ends, self.check_stores)
        for step in steps:
            if not self.storm.problems:
                step()
        self.check_logs()
