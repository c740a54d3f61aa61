"""A round's storm: clients work, faults are done at their times, and whatever has ended is started again.

All that happens is written to the round's log, and what must not happen to `problems`.
"""
import heapq
import itertools
import random
import time

from chaos import faults
from chaos.clients import Put, Submit
from chaos.processes import last_line

CLIENTS_AT_ONCE = 3
TICK_S = 0.02
RESTART_MS = 300
RETRY_S = 0.5
TRIES = 3  # of a client that is refused; of a `put` once nothing is disturbed any more


class Storm:
    def __init__(self, world, material, plan, log, is_quick):
        self.world, self.material, self.plan, self.log, self.is_quick = world, material, plan, log, is_quick
        self.began = time.monotonic()
        self.sequence = itertools.count()
        self.due = []  # a heap of (when, order, function)
        self.plans = {}  # for failing calls, of processes that are about to be started again
        self.problems = []
        self.done = []  # names of faults
        self.deeds_left = len(plan.deeds)
        self.is_calm = False
        self.may_refuse = plan.promise > faults.EQUAL  # clients may get refusals
        self.puts = [Put(world, f"data{i}", material, p.survey, p.shard_rows) for i, p in enumerate(plan.puts)]
        self.submits = [Submit(world, f"job{i}", material, j.specification, self.puts[j.put], j.waits, j.priority)
                        for i, j in enumerate(plan.jobs)]
        self.wishes = self.puts + self.submits
        self.retry_at = {s.name: self.began + j.at_ms / 1000 for s, j in zip(self.submits, plan.jobs)}

    def tell(self, text):
        self.log.write(f"{time.monotonic() - self.began:8.2f} s  {text}\n")
        self.log.flush()

    def problem(self, text):
        self.tell("WRONG: " + text)
        self.problems.append(text)

    def later(self, ms, do):
        heapq.heappush(self.due, (time.monotonic() + ms / 1000, next(self.sequence), do))

    def troubled(self, process):
        """The process's disk may fail from now on."""
        self.world.troubled.add(process.name)
        if process is self.world.broker:
            self.may_refuse = True

    def restart(self, process):
        if not process.is_running():
            process.has_ended()
            plan = self.plans.pop(process.name, None) if not self.is_calm else None
            self.world.start(process, plan)
            self.tell(f"{process.name} is started" + (f" with {plan}" if plan else ""))

    # ---- Deeds

    def do(self, deed):
        self.deeds_left -= 1
        fault = faults.BY_NAME[deed.fault]
        what = fault.do(self, random.Random(deed.seed))
        self.tell(f"{fault.name}: {what if what is not None else 'nobody to do it to'}")
        if what is not None:
            self.done.append(fault.name)

    # ---- What ended

    def look_at(self, process):
        if not process.has_ended():
            return
        as_told = process.ended_as_told()
        self.tell(f"{process.name} ended: {process.code}")
        if not as_told:
            self.judge_end(process)
        self.later(RESTART_MS, lambda: self.restart(process))

    def judge_end(self, process):
        """Judges the end of a server that nobody asked to end, or that did not end properly."""
        why = last_line(process.log)
        if process is self.world.broker and "broker index" in self.world.damaged and process.code == 1:
            self.tell(f"the broker says: {why}")
            self.salvage()
        elif process.code == 1 and process.name in self.world.troubled:
            self.tell(f"{process.name}, whose disk fails, says: {why}")
        else:
            self.problem(f"{process.name} ended with {process.code}: {why}")

    def salvage(self):
        """Does what the documentation advises."""
        number = next(self.sequence)
        code, said = self.world.store("salvage", "broker", f"salvaged{number}")
        self.tell(f"salvage: {code}: {said}")
        if code not in (0, 1):
            self.problem(f"store salvage ended with {code}: {said}")
        self.world.replace_store("broker", f"salvaged{number}", f"damaged{number}")
        self.world.damaged.add("salvaged")

    def look_at_wish(self, wish):
        if not wish.process.has_ended():
            return
        self.tell(f"{wish.name} ended: {wish.process.code} {last_line(wish.process.log)}")
        if isinstance(wish, Submit):
            wish.note_id()
        if wish.process.code == 0:
            wish.is_done = True
        elif not wish.process.is_killed:
            if wish.process.code < 0 or wish.process.code > 6 or not self.may_refuse:
                self.problem(wish.why())
            wish.refusals += 1
            self.retry_at[wish.name] = time.monotonic() + RETRY_S
            # The job has failed, or has no report: what that means is judged by its promise.
            may_lack_job = isinstance(wish, Submit) and (wish.ids or "broker blobs" in self.world.damaged)
            wish.is_done = bool(may_lack_job) and wish.refusals >= TRIES

    def start_wishes(self):
        running = sum(w.is_running() for w in self.wishes)
        for wish in self.wishes:
            is_ready = not isinstance(wish, Submit) or wish.put.is_done
            is_due = time.monotonic() >= self.retry_at.get(wish.name, 0)
            if running < CLIENTS_AT_ONCE and not wish.is_done and not wish.is_running() and is_ready and is_due:
                wish.start()
                running += 1

    def tick(self):
        while self.due and self.due[0][0] <= time.monotonic():
            heapq.heappop(self.due)[2]()
        for process in self.world.servers():
            self.look_at(process)
        for process in self.world.hostile:
            if process.has_ended() and not process.is_killed:
                self.problem(f"{process.name} ended with {process.code}: {last_line(process.log)}")
        for wish in self.wishes:
            self.look_at_wish(wish)
        self.start_wishes()
        time.sleep(TICK_S)

    # ---- The round

    def run(self):
        for process in self.world.servers():
            self.restart(process)
        for deed in self.plan.deeds:
            self.later(deed.at_ms, lambda deed=deed: self.do(deed))
        end = self.began + max([j.at_ms for j in self.plan.jobs], default=0) / 1000
        while (self.deeds_left > 0 or time.monotonic() < end) and not self.problems:
            self.tick()

    def calm_down(self):
        """Ends all disturbance and undoes what was done, except that some hostile workers stay."""
        self.is_calm = True
        self.tell("calm")
        for disk in self.world.disks.values():
            disk.empty()
        for number in list(self.world.hosts.is_cut if self.world.hosts else []):
            self.world.hosts.mend(number)
        for wish in self.wishes:
            wish.process.go_on()
        for process in self.world.servers():
            process.go_on()
            if process.name in self.world.troubled and process.is_running():
                process.ask_to_end()  # to be started again without failing calls

    def settle(self, patience_s):
        """All servers run as they should."""
        end = time.monotonic() + patience_s

        def is_settled():
            return not self.due and all(p.is_running() and not p.is_asked_to_end for p in self.world.servers())

        while not self.problems and not is_settled():
            self.tick()
            if time.monotonic() > end:
                self.problem(f"not all processes run after {patience_s} s of calm")

    def finish_wishes(self, patience_s):
        """Each client now succeeds, however often it was disturbed before, unless its job failed, which is judged
        later."""
        for wish in self.wishes:
            wish.refusals = 0
        end = time.monotonic() + patience_s
        while not self.problems and not all(w.is_done for w in self.wishes):
            self.tick()
            for wish in self.wishes:
                if not wish.is_done and not wish.is_running() and wish.refusals >= TRIES:
                    self.problem(f"in the calm, {TRIES} times: {wish.why()}")
            if time.monotonic() > end:
                left = ", ".join(w.name for w in self.wishes if not w.is_done)
                self.problem(f"not done after {patience_s} s of calm: {left}")
