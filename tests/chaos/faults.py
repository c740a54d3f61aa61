"""The faults: a table, and how each is done to the cluster of a round.

A deed gets the storm and random numbers of its own, and returns in a few words what it did; None when there was
nothing to do it to.
"""
from collections import namedtuple

from chaos import disks

# What is promised of a job in a round with this fault, from the most to the least.
EQUAL, REPAIRED, FAILS, LIES = range(4)
PROMISES = {
    EQUAL: "every job ends with the right report",
    REPAIRED: "what needs what was damaged may fail, and says so; putting it again repairs it",
    FAILS: "jobs may fail with a message, and no report is wrong",
    LIES: "jobs end; a lie that nobody compares is believed",
}

Fault = namedtuple("Fault", "name weight needs promise do")
CALLS = ("write", "pwrite", "writev", "fsync", "fdatasync", "syncfs", "rename", "renameat", "ftruncate", "any", "any", "any")


def pause_ms(rng, is_quick, most=2500):
    """Mostly short; sometimes longer than others wait for a silent peer (15 s)."""
    if not is_quick and rng.random() < 0.1:
        return 15500 + rng.randrange(3000)
    return rng.randrange(50, most)


# ---- Ends

def kill(storm, rng, processes):
    chosen = [p for p in processes if p.is_running()]
    if not chosen:
        return None
    for p in chosen:
        p.kill()
        p.has_ended()
        storm.later(rng.randrange(2000), lambda p=p: storm.restart(p))
    return " ".join(p.name for p in chosen)


def kill_broker(storm, rng):
    return kill(storm, rng, [storm.world.broker])


def kill_worker(storm, rng):
    return kill(storm, rng, [rng.choice(storm.world.workers)])


def kill_all(storm, rng):
    return kill(storm, rng, storm.world.servers())


def kill_client(storm, rng):
    running = [w for w in storm.wishes if w.is_running()]
    if not running:
        return None
    wish = rng.choice(running)
    wish.process.kill()
    return wish.name


def term(storm, rng):
    p = rng.choice(storm.world.servers())
    if not p.is_running():
        return None
    p.ask_to_end()  # the storm starts it again when it has ended
    return p.name


# ---- Silence

def stop(storm, rng, p):
    if not p.is_running() or p.is_stopped:
        return None
    p.stop()
    ms = pause_ms(rng, storm.is_quick)
    storm.later(ms, p.go_on)
    return f"{p.name} {ms} ms"


def stop_broker(storm, rng):
    return stop(storm, rng, storm.world.broker)


def stop_worker(storm, rng):
    return stop(storm, rng, rng.choice(storm.world.workers))


def stop_client(storm, rng):
    running = [w for w in storm.wishes if w.is_running()]
    return stop(storm, rng, rng.choice(running).process) if running else None


def cut_link(storm, rng):
    hosts = storm.world.hosts
    number = 1 + rng.randrange(hosts.count)
    if number in hosts.is_cut:
        return None
    hosts.cut(number)
    ms = pause_ms(rng, storm.is_quick, 5000)
    storm.later(ms, lambda: hosts.mend(number))
    return f"host {number} {ms} ms"


# ---- Disks

def fail_calls(storm, rng):
    """Has a process started again with calls that will fail."""
    p = rng.choice(storm.world.servers())
    if not p.is_running():
        return None
    plan = ":".join((rng.choice(CALLS), str(int(2 ** (rng.random() * 6))), rng.choice(("EIO", "ENOSPC")),
                     str(rng.choice((1, 1, 3, 1000000)))))
    if rng.random() < 0.5:
        p.kill()
        p.has_ended()
        storm.world.start(p, plan)
    else:
        storm.plans[p.name] = plan
        p.ask_to_end()
    storm.troubled(p)
    return f"{p.name} {plan}"


def fill_disk(storm, rng):
    name = rng.choice(sorted(storm.world.disks))
    disk = storm.world.disks[name]
    disk.fill()
    storm.troubled(next(p for p in storm.world.servers() if p.name == name))
    storm.later(rng.randrange(500, 4000), disk.empty)
    return name


# ---- Damage, while the process that owns the store is stopped

def flip(storm, rng, p, flips, *more):
    if not p.is_running():
        return None
    p.kill()
    p.has_ended()
    count = flips(storm.world.path(p.name), rng, *more)
    if count > 0:
        storm.world.damaged.add(p.name)
    storm.later(rng.randrange(500), lambda: storm.restart(p))
    return f"{p.name}, {count} bits" if count > 0 else None


def flip_workers_index(storm, rng):
    return flip(storm, rng, rng.choice(storm.world.workers), disks.flip_in_index)


def flip_workers_shards(storm, rng):
    return flip(storm, rng, rng.choice(storm.world.workers), disks.flip_in_blobs, True)


def flip_brokers_shards(storm, rng):
    return flip(storm, rng, storm.world.broker, disks.flip_in_blobs, True)


def flip_brokers_blobs(storm, rng):
    """Damages manifests and reports, too, so that a dataset may be gone until it is put again."""
    storm.world.damaged.add("broker blobs")
    return flip(storm, rng, storm.world.broker, disks.flip_in_blobs, False)


def flip_brokers_index(storm, rng):
    if "broker index" in storm.world.damaged:
        return None
    done = flip(storm, rng, storm.world.broker, disks.flip_in_index)
    if done is not None:
        storm.world.damaged.add("broker index")
    return done


# ---- Hostile workers

def hostile(habit):
    def do(storm, rng):
        stays = rng.random() < 0.5
        storm.world.start_hostile(habit, storm.material.fingerprint(), rng.getrandbits(32))
        p = storm.world.hostile[-1]
        if not stays:
            storm.later(pause_ms(rng, storm.is_quick, 6000), p.kill)
        return "to the end" if stays else "for a while"
    return do


FAULTS = [
    Fault("kill-broker", 6, (), EQUAL, kill_broker),
    Fault("kill-worker", 6, (), EQUAL, kill_worker),
    Fault("kill-all", 3, (), EQUAL, kill_all),
    Fault("kill-client", 4, (), EQUAL, kill_client),
    Fault("term", 5, (), EQUAL, term),
    Fault("stop-broker", 4, (), EQUAL, stop_broker),
    Fault("stop-worker", 4, (), EQUAL, stop_worker),
    Fault("stop-client", 2, (), EQUAL, stop_client),
    Fault("cut-link", 40, ("hosts",), EQUAL, cut_link),
    Fault("fail-calls", 12, (), EQUAL, fail_calls),
    Fault("full-disk", 30, ("disks",), EQUAL, fill_disk),
    Fault("flip-workers-index", 3, (), EQUAL, flip_workers_index),
    Fault("flip-workers-shards", 3, (), EQUAL, flip_workers_shards),
    Fault("flip-brokers-shards", 2, (), REPAIRED, flip_brokers_shards),
    Fault("flip-brokers-blobs", 2, (), REPAIRED, flip_brokers_blobs),
    Fault("flip-brokers-index", 2, (), REPAIRED, flip_brokers_index),
    Fault("wedged-worker", 2, ("ipc",), EQUAL, hostile("wedged")),
    Fault("failing-worker", 2, ("ipc",), FAILS, hostile("failing")),
    Fault("misshapen-worker", 2, ("ipc",), FAILS, hostile("misshapen")),
    Fault("dying-worker", 1, ("ipc",), FAILS, hostile("dying")),
    Fault("rubbish-worker", 2, ("ipc",), FAILS, hostile("rubbish")),
    Fault("withholding-worker", 1, ("ipc",), FAILS, hostile("withholding")),
    Fault("lying-worker", 2, ("ipc",), LIES, hostile("liar")),
]
BY_NAME = {fault.name: fault for fault in FAULTS}
