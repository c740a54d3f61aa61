"""Header frames, from docs/protocol.md: MessagePack, fields in the order of the list below."""

from golden import Golden, run

VERSION = 1

# Each field that there is, in the order in which they are written, with one value.
FIELDS = {
    "role": "client",
    "title": "host:7",
    "release": "0.1.0",
    "instance": run(0x10, 16),
    "capacity": 4,
    "fingerprint": run(0xA0, 32),
    "store": "/srv/canvass",
    "probe": run(0x20, 16),
    "request": 7,
    "job": run(0x30, 16),
    "stage": 2,
    "task": 300,
    "attempt": 70000,
    "work": "map",
    "by_name": 5,
    "state": "running",
    "rows_done": 1 << 32,
    "rows_total": (1 << 64) - 1,
    "finishing": 1,
    "computed": 128,
    "cached": 256,
    "status": "job",
    "message": "column 'q1': 3 answers are not numbers; correct them, or declare them missing",
    "blob": run(0xC0, 32),
    "offset": 1 << 20,
    "bytes": 65535,
    "dataset": "2026 调查",
    "version": 3,
    "rows": 1000,
    "shards": 12,
    "shard_rows": 65536,
    "key": "nightly",
    "priority": 1,
    "what": "jobs",
    "jobs": 127,
    "waits": "no worker takes tasks",
    "timeout": 3600,
    "limit": 5,
    "unreadable": 3,
    "may_lose": 1,
    "shards_lost": 6,
    "rows_lost": 700,
    "keeps": 1,
    "parts": 900,
}

TASK = "job stage task attempt"

# The kinds, with the fields that the tables of the page give them.
KINDS = {
    "hello": "role title release instance capacity fingerprint",
    "welcome": "instance release store probe",
    "alive": "capacity",
    "stranger": "",
    "bye": "",
    "refused": "request status message",
    "offer": "blob bytes",
    "have": "blob",
    "want": "blob offset bytes",
    "chunk": "blob offset bytes",
    "lost": "blob status message",
    "dataset": "request dataset",
    "manifest": "request dataset version rows shards bytes by_name",
    "commit": "request dataset version by_name",
    "committed": "request dataset version",
    "load": "request dataset version key shard_rows by_name",
    "drop": "request dataset",
    "dropped": "request jobs",
    "submit": "request key dataset version priority title by_name timeout may_lose",
    "accepted": "request job",
    "watch": "request job",
    "ask": "request job",
    "cancel": "request job",
    "progress": "request job state stage rows_done rows_total finishing computed cached waits shards_lost rows_lost",
    "report": "request job computed cached bytes by_name",
    "ended": "request job status message state",
    "list": "request state dataset what limit",
    "listing": "request what",
    "rows": "request job offset",
    "parts": "request job offset parts by_name",
    "task": TASK + " work by_name shard_rows shards_lost",
    "result": TASK + " work computed cached by_name may_lose keeps",
    "failure": TASK + " status message blob unreadable",
    "taken": TASK,
}


def packed(value):
    """MessagePack, the shortest form."""
    if isinstance(value, int):
        if value <= 0x7F:
            return bytes([value])
        for tag, size in ((0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8)):
            if value < 1 << 8 * size:
                return bytes([tag]) + value.to_bytes(size, "big")
    if isinstance(value, bytes):
        return bytes([0xC4, len(value)]) + value
    data = value.encode()
    return (bytes([0xA0 | len(data)]) if len(data) < 32 else bytes([0xD9, len(data)])) + data


def shown(value):
    return value.hex() if isinstance(value, bytes) else str(value)


def header(entry, kind, names):
    fields = [name for name in FIELDS if name in names]
    count = 2 + len(fields)
    entry.raw(bytes([0x80 | count]) if count < 16 else b"\xde" + count.to_bytes(2, "big"), f"a map of {count}")
    entry.raw(packed("v") + packed(VERSION), f"v: {VERSION}")
    entry.raw(packed("k") + packed(kind), f"k: {kind}")
    for name in fields:
        entry.raw(packed(name) + packed(FIELDS[name]), f"{name}: {shown(FIELDS[name])}")


def golden():
    g = Golden("message", "Header frames of every kind of message, and payload frames that have a form (docs/protocol.md).")
    for kind, names in KINDS.items():
        header(g.entry(kind, VERSION), kind, names.split())
    name = g.entry("a blob's name", VERSION, "SHA-256, size")
    name.raw(run(0xE0, 32), "SHA-256")
    name.u64(5 << 30, "5 GiB")
    return g
