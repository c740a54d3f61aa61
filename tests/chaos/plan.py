"""What happens in a round: drawn from the seed and the round's number alone."""
import random
from collections import namedtuple

from chaos.faults import BY_NAME, FAULTS
from chaos.material import SHARD_ROWS, SPECIFICATIONS

Plan = namedtuple("Plan", "topology workers has_disks puts jobs deeds promise")
PutPlan = namedtuple("PutPlan", "survey shard_rows")
JobPlan = namedtuple("JobPlan", "at_ms specification put waits priority")  # not before
Deed = namedtuple("Deed", "at_ms fault seed")

STORM_MS = 5000  # deeds and new jobs are spread over it
TOPOLOGY_WEIGHTS = {"one machine": 3, "apart": 3, "hosts": 2}


def may_happen(fault, topology, has_disks):
    needs = {"hosts": topology == "hosts", "ipc": topology != "hosts", "disks": has_disks}
    return all(needs[need] for need in fault.needs)


def draw_deeds(rng, names, topology, has_disks):
    possible = [f for f in FAULTS if f.name in names and may_happen(f, topology, has_disks)]
    if not possible:
        return []
    # A few kinds of faults in each round, so that they coincide; rarely all kinds.
    kinds = []
    for _ in range(rng.choice((1, 2, 2, 3, 3, 4))):
        kinds.append(rng.choices(possible, [f.weight for f in possible])[0])
    times = sorted(rng.randrange(STORM_MS) for _ in range(rng.randrange(3, 10)))
    return [Deed(at, rng.choice(kinds).name, rng.getrandbits(48)) for at in times]


def draw(seed, number, names, topologies, may_mount):
    """NAMES are the faults to choose from; TOPOLOGIES are those that this machine can have."""
    rng = random.Random(f"{seed}/{number}")
    topology = rng.choices(list(TOPOLOGY_WEIGHTS), list(TOPOLOGY_WEIGHTS.values()))[0]
    workers, has_disks = rng.randrange(2, 5), rng.random() < 0.2
    puts = []
    for _ in range(rng.randrange(1, 3)):
        survey = rng.choices(("small", "medium", "large"), (3, 4, 2))[0]
        puts.append(PutPlan(survey, rng.choice(SHARD_ROWS[survey])))
    jobs = [JobPlan(rng.randrange(STORM_MS), rng.choice(sorted(SPECIFICATIONS)), rng.randrange(len(puts)),
                    rng.random() < 0.6, rng.randrange(3)) for _ in range(rng.randrange(4, 12))]
    # Only now, so that what the machine lacks does not change what is drawn above.
    topology = topology if topology in topologies else "one machine"
    has_disks = has_disks and may_mount
    deeds = draw_deeds(rng, names, topology, has_disks)
    promise = max([BY_NAME[d.fault].promise for d in deeds], default=0)
    return Plan(topology, workers, has_disks, puts, jobs, deeds, promise)
