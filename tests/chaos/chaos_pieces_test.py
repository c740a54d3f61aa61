#!/usr/bin/env python3
"""The pieces of scripts/chaos: that its faults happen, and that its judge notices what must not.

chaos_pieces_test.py BUILD: the folder with the program, the layer of failing calls and the hostile worker.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import types
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests"))

from chaos import disks, faults, plan  # noqa: E402
from chaos.judge import Judge, difference, fatal_words, job_problem  # noqa: E402
from chaos.material import Material  # noqa: E402
from chaos.processes import Process  # noqa: E402
from chaos.storm import Storm  # noqa: E402
from chaos.world import World  # noqa: E402

BUILD = os.path.abspath(sys.argv.pop(1))
PATIENCE_S = 3000
SETTINGS = types.SimpleNamespace(program=os.path.join(BUILD, "canvass"), patience_s=PATIENCE_S, quick=True,
                                 layer=os.path.join(BUILD, "tests", "chaos", "libfailing_calls.so"),
                                 hostile=os.path.join(BUILD, "tests", "chaos", "hostile_worker"))
EVERYWHERE = (list(plan.TOPOLOGY_WEIGHTS), True)

# Writes to a file until a call fails; prints how many succeeded, and why the next one failed.
WRITER = """
import errno, os, sys
file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o600)
done = 0
for _ in range(20):
    try:
        os.write(file, b"x")
        done += 1
    except OSError as problem:
        print(done, errno.errorcode[problem.errno])
        os.write(1, b"")  # a pipe is not a disk
"""


class Scratch(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="cx")
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)


class Plans(unittest.TestCase):
    def test_a_round_is_decided_by_seed_and_number(self):
        rounds = [plan.draw(7, n, list(faults.BY_NAME), *EVERYWHERE) for n in range(40)]
        self.assertEqual(rounds, [plan.draw(7, n, list(faults.BY_NAME), *EVERYWHERE) for n in range(40)])
        self.assertGreater(len({str(r) for r in rounds}), 39)
        self.assertNotEqual(rounds[3], plan.draw(8, 3, list(faults.BY_NAME), *EVERYWHERE))

    def test_every_fault_is_drawn(self):
        drawn = {d.fault for n in range(300) for d in plan.draw(1, n, list(faults.BY_NAME), *EVERYWHERE).deeds}
        self.assertEqual(drawn, set(faults.BY_NAME))

    def test_only_what_is_asked_for_and_what_the_machine_can_do_is_drawn(self):
        for n in range(50):
            drawn = plan.draw(1, n, ["cut-link", "full-disk", "term"], ["one machine"], False)
            self.assertEqual(drawn.topology, "one machine")
            self.assertLessEqual({d.fault for d in drawn.deeds}, {"term"})


class Layer(Scratch):
    def write(self, spec):
        environment = dict(os.environ, LD_PRELOAD=SETTINGS.layer, CANVASS_FAIL=spec, CANVASS_FAIL_TOLD=self.path("told"))
        done = subprocess.run([sys.executable, "-c", WRITER, self.path("file")], env=environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return done.returncode, done.stdout, done.stderr

    @unittest.skipIf("asan" in BUILD or "tsan" in BUILD, "an interpreter without a sanitizer cannot load the layer")
    def test_the_nth_call_fails_and_as_many_as_are_asked_for(self):
        self.assertEqual(self.write("write:5:ENOSPC:2"), (0, "4 ENOSPC\n4 ENOSPC\n", ""))
        self.assertEqual(os.path.getsize(self.path("file")), 18)
        with open(self.path("told"), encoding="utf-8") as told:
            self.assertEqual([line.split()[1:] for line in told], [["write", "5", "ENOSPC"], ["write", "6", "ENOSPC"]])

    @unittest.skipIf("asan" in BUILD or "tsan" in BUILD, "an interpreter without a sanitizer cannot load the layer")
    def test_other_calls_go_on_and_nonsense_is_refused(self):
        self.assertEqual(self.write("pwrite:1:EIO:1"), (0, "", ""))
        for nonsense in ("write", "write:0:EIO:1", "write:1:EPERM:1", "read:1:EIO:1", "write:1:EIO:0"):
            self.assertEqual(self.write(nonsense)[0], 2, nonsense)


class Damage(Scratch):
    def test_a_flipped_bit_is_one(self):
        for seed in range(20):
            with open(self.path("blob"), "wb") as file:
                file.write(bytes(range(100)))
            self.assertTrue(disks.flip_bit(self.path("blob"), random.Random(seed)))
            with open(self.path("blob"), "rb") as file:
                found = file.read()
            self.assertEqual(sum(bin(a ^ b).count("1") for a, b in zip(bytes(range(100)), found)), 1)


class Ends(Scratch):
    def end(self, script, disturb):
        p = Process("process", self.path("log"))
        p.start(["sh", "-c", script])
        disturb(p)
        p.wait(PATIENCE_S)
        self.assertTrue(p.has_ended())
        self.assertFalse(p.has_ended())
        return p.code, p.ended_as_told()

    def test_only_what_was_told_to_end_has_ended_as_told(self):
        def nothing(p):
            pass

        self.assertEqual(self.end("exit 0", nothing), (0, False))
        self.assertEqual(self.end("exit 1", nothing), (1, False))
        self.assertEqual(self.end("kill -SEGV $$", nothing), (-signal.SIGSEGV, False))
        self.assertEqual(self.end("kill -KILL $$", nothing), (-signal.SIGKILL, False))
        self.assertEqual(self.end("echo begun; kill -TERM $$", lambda p: setattr(p, "is_asked_to_end", True)),
                         (-signal.SIGTERM, False))
        p = Process("process", self.path("log"))
        p.start(["sleep", "1000"])
        p.kill()
        self.assertTrue(p.has_ended() and p.ended_as_told())


class Words(unittest.TestCase):
    def test_what_a_process_must_never_say_is_found(self):
        for words in ("canvass: core.c:12: add: Assertion `n > 0' failed.", "a.c:3:4: runtime error: shift exponent",
                      "==1==ERROR: AddressSanitizer: heap-use-after-free", "WARNING: ThreadSanitizer: data race",
                      "free(): invalid pointer", "==1==ERROR: LeakSanitizer: detected memory leaks"):
            self.assertIsNotNone(fatal_words(f"a line\n{words}\nanother"), words)
        for words in ("stopping", "the index x: an error of the disk", "set aside: it must be put again"):
            self.assertIsNone(fatal_words(words), words)

    def test_reports_are_compared_by_bytes(self):
        self.assertIsNone(difference(b"abc", b"abc"))
        for other in (b"abd", b"ab", b"abcd", b""):
            self.assertIsNotNone(difference(b"abc", other))

    def test_what_is_promised_decides_what_may_become_of_a_job(self):
        done, failed = {"state": "done", "message": ""}, {"state": "failed", "message": "data are damaged"}
        silent, cancelled = {"state": "failed", "message": ""}, {"state": "cancelled", "message": "x"}
        for promise in faults.PROMISES:
            self.assertIsNone(job_problem(promise, done, None))
            self.assertIsNotNone(job_problem(promise, cancelled, None))
            self.assertIsNotNone(job_problem(promise, silent, None))
            self.assertEqual(job_problem(promise, failed, None) is None, promise > faults.EQUAL)
            self.assertEqual(job_problem(promise, done, "other bytes") is None, promise == faults.LIES)


class Rounds(Scratch):
    """A round without faults; what is planted must be found."""

    def play(self, plant):
        drawn = plan.Plan("one machine", 2, False, [plan.PutPlan("small", 500)],
                          [plan.JobPlan(0, "top2", 0, True, 0), plan.JobPlan(0, "first4", 0, False, 0)], [], faults.EQUAL)
        material = Material(SETTINGS.program, self.path("material"), 1, True, PATIENCE_S)
        world = World(SETTINGS, self.path("round"), drawn.topology, drawn.workers, drawn.has_disks)
        try:
            with open(self.path("round.log"), "w", encoding="utf-8") as log:
                storm = Storm(world, material, drawn, log, True)
                judge = Judge(storm, PATIENCE_S)
                storm.run()
                storm.calm_down()
                storm.settle(PATIENCE_S)
                storm.finish_wishes(PATIENCE_S)
                plant(storm)
                judge.run()
        finally:
            world.close(False)
        return storm.problems, judge.reports

    def test_without_faults_all_reports_are_right(self):
        self.assertEqual(self.play(lambda storm: None), ([], 2))

    def test_a_report_of_other_bytes_is_found(self):
        def alter(storm):
            key = ("top2", "small")
            storm.material.reports[key] = storm.material.report(*key).replace(b"0", b"1", 1)

        problems, reports = self.play(alter)
        self.assertEqual(reports, 1)
        self.assertRegex(problems[0], "job0 .* other bytes from")

    def test_a_lost_job_is_found(self):
        problems, _ = self.play(lambda storm: setattr(storm.submits[0], "ids", {"0" * 32}))
        self.assertEqual(problems, ["1 acknowledged jobs are lost"])

    def test_a_lost_dataset_is_found(self):
        problems, _ = self.play(lambda storm: storm.world.ask("drop", "data0"))
        self.assertEqual(problems, ["acknowledged datasets are lost: data0"])

    def test_a_process_that_ends_by_itself_is_found(self):
        def end(storm):
            storm.world.workers[1].popen.kill()
            storm.world.workers[1].popen.wait()
            storm.tick()

        problems, _ = self.play(end)
        self.assertRegex(problems[0], "worker1 ended with -9")

    def test_a_damaged_store_is_found(self):
        def damage(storm):
            path = next(p for p in disks.blobs_of(storm.world.path("broker")) if disks.is_shard(p))
            disks.flip_bit(path, random.Random(1))

        problems, _ = self.play(damage)
        self.assertRegex(problems[0], "store verify broker: exit code 1")


if __name__ == "__main__":
    unittest.main(verbosity=2)
