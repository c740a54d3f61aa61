"""Records of the broker, from docs/store-format.md."""

from golden import Entry, Golden, run, xxh3


def record(e, version, body):
    """u8 version, u64 XXH3 of the rest, the rest."""
    e.u8(version, "version")
    e.u64(xxh3(body.data()), "XXH3 of the rest")
    e.entry(body)


def blob(e, first, size, what):
    e.raw(run(first, 32) if size else bytes(32), what)
    e.u64(size, "its bytes")


def counts(e, *four):
    for v, what in zip(four, ("states computed", "states there", "tasks that computed", "tasks that had all")):
        e.u64(v, what)


def dataset(e):
    e.text("2026 调查", "name")
    e.u64(3, "version")
    e.raw(run(0x10, 32), "manifest")
    numbers = ("manifest's bytes", "rows", "shards", "bytes", "files", "created", "changed")
    for v, what in zip((4096, 1000, 12, 1 << 33, 2, 1767225600, 1767225601), numbers):
        e.u64(v, what)


def job(e):
    e.raw(run(0x30, 16), "id")
    e.u64(42, "place in the order of submission")
    e.text("failed", "state")
    e.text("nightly", "key")
    e.text("2026 调查", "dataset")
    e.text("spec.yaml", "title")
    e.text("column 'q1' is not there", "message")
    e.text("data", "status of its failure")
    e.u64(3, "version of the dataset")
    e.u32(1, "priority")
    e.u64(1767225600, "submitted")
    e.u64(1767225660, "ended")
    e.raw(run(0x50, 32), "digest of what was submitted")
    e.u8(1, "reads files")
    blob(e, 0x01, 100, "plan")
    blob(e, 0x02, 200, "program")
    blob(e, 0x03, 300, "specification")
    blob(e, 0x04, 400, "manifest")
    blob(e, 0x05, 500, "first program")
    blob(e, 0x06, 600, "state")
    blob(e, 0x00, 0, "report: none")
    e.u32(65536, "rows of a shard")
    e.u32(2, "stage")
    e.raw(run(0x70, 32), "fingerprint")
    counts(e, 10, 20, 3, 4)
    e.u64(1000, "rows")
    e.varint(1, "files")
    blob(e, 0x07, 700, "file")
    e.text("2026-01.csv", "its name")
    e.varint(2, "notes")
    e.text("a worker was set aside")
    e.text("started again")


def owned_job(e):
    """Version 2 has these as well."""
    job(e)
    e.u32(3600, "seconds after which it ends")
    e.text("anna's key", "owner")


def losing_job(e):
    """Version 3 has these as well."""
    owned_job(e)
    e.u8(1, "goes on without lost shards")
    e.u32(2, "shards lost")
    e.u64(300, "rows lost")
    e.u8(1, "earlier stages counted some")
    e.varint(2, "lost shards")
    e.u32(3, "its place")
    e.text("workers_lost", "cause")
    e.u32(70000, "its place")
    e.text("unreadable", "cause")


def kept_job(e):
    """Version 4 has these as well."""
    losing_job(e)
    e.u8(1, "results of its stage are kept")
    blob(e, 0x08, 800, "list of its rows")


def result(e):
    """Its key stands in front: job, stage, task, the numbers big-endian."""
    e.raw(run(0x30, 16), "job")
    e.raw((2).to_bytes(4, "big"), "stage")
    e.raw((300).to_bytes(8, "big"), "task")
    e.raw(run(0x90, 32), "digest of the result")
    counts(e, 1, 2, 3, 4)
    e.raw(b"partial", "the partial")


def golden():
    g = Golden("ledger", "Records of the broker (docs/store-format.md).")
    for name, version, write in (("dataset", 1, dataset), ("old job", 1, job), ("owned job", 2, owned_job), ("losing job", 3, losing_job), ("job", 4, kept_job), ("result", 2, result)):
        body = Entry(name, version, "")
        write(body)
        record(g.entry(name, version), version, body)
    return g
