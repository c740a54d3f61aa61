#!/usr/bin/env python3
"""A client of a Canvass broker in one file, written from docs/protocol.md.

    canvass_client.py ENDPOINT put NAME SPEC FILE... [--append]
    canvass_client.py ENDPOINT submit SPEC --dataset NAME [--key KEY] [--priority N] [--timeout S]
    canvass_client.py ENDPOINT watch|report|cancel JOB
    canvass_client.py ENDPOINT jobs|datasets|workers
    canvass_client.py ENDPOINT drop NAME

or from a program:

    with Client("ipc:///run/canvass/socket") as canvass:
        canvass.put("airline", "survey.yaml", ["2025-01.csv.gz"])
        job = canvass.submit("survey.yaml", "airline")
        for news in canvass.watch(job):
            print(news["rows_done"], "of", news["rows_total"])
        report = json.loads(canvass.report(job))

Needs pyzmq and msgpack (Debian: python3-zmq, python3-msgpack).  Everything asked may be asked twice, so whatever
breaks (the broker is restarted, a cable is pulled), the client says hello again and repeats its question.
"""

import argparse
import hashlib
import json
import os
import re
import secrets
import socket
import struct
import sys
import time
from collections import namedtuple

import msgpack
import zmq

VERSION = 1
CHUNK = 1 << 20  # bytes in a payload frame at most
WINDOW = 8  # chunks wanted, or blobs offered, at a time
ALIVE, AGAIN, SILENCE = 1, 10, 15  # seconds: sign of life, asking again, giving a connection up

Keys = namedtuple("Keys", "public secret broker")  # 40 characters of Z85 each
Source = namedtuple("Source", "name size read")  # a blob to be sent: read(offset, bytes)
Message = namedtuple("Message", "kind fields payloads")


class CanvassError(Exception):
    """The broker's failure, or its silence; `status` is one of the protocol's statuses."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def source_of_bytes(content):
    return Source(hashlib.sha256(content).digest(), len(content), lambda at, n: content[at : at + n])


def source_of_file(path):
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
            size += len(piece)

    def read(at, n):
        with open(path, "rb") as again:
            again.seek(at)
            return again.read(n)

    return Source(digest.digest(), size, read)


class Client:
    """One session with a broker.  Not for several threads at once."""

    def __init__(self, endpoint, keys=None, patience=30):
        self.endpoint, self.keys, self.patience = endpoint, keys, patience
        self.instance = secrets.token_bytes(16)
        self.requests = 0
        self.context = zmq.Context()
        self.socket = None
        self.answered = time.monotonic()  # when the broker was heard last: patience counts from here
        self._connect()
        for message in self._messages(lambda: None):
            if message.kind == "welcome":
                break

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._send("bye")
        self.socket.close(linger=200)
        self.context.term()

    # -- Requests to a broker ------------------------------------------------------------------

    def put(self, dataset, specification, files, append=False, shard_rows=None, progress=None):
        """Sends files; a worker makes shards of them.  Returns {"dataset", "version", "rows"}."""
        with open(specification, "rb") as file:
            text = source_of_bytes(file.read())
        sources = [source_of_file(path) for path in files]
        self._upload(sources, progress)
        frames = [s.name + struct.pack("<Q", s.size) + os.path.basename(p).encode()
                  for s, p in zip(sources, files)]
        fields = {"dataset": dataset, "version": self.version(dataset) if append else 0,
                  "key": secrets.token_hex(16)}
        if shard_rows:
            fields["shard_rows"] = shard_rows
        answer = self._request("load", fields, text, frames)
        job = answer.fields["job"].hex()
        for _ in self.watch(job):
            pass
        return json.loads(self.report(job))

    def version(self, dataset):
        """The newest version of a dataset; 0 when there is none."""
        try:
            return self._request("dataset", {"dataset": dataset}).fields["version"]
        except CanvassError as error:
            if error.status == "not-found":
                return 0
            raise

    def submit(self, specification, dataset, key=None, priority=0, title=None, timeout=0):
        """Returns the job's id.  The same key means the same job: when in doubt, ask again.  TIMEOUT: seconds after
        which the job ends; 0: never."""
        with open(specification, "rb") as file:
            text = source_of_bytes(file.read())
        fields = {"dataset": dataset, "key": key or secrets.token_hex(16), "priority": priority,
                  "title": title or os.path.basename(specification)}
        if timeout > 0:
            fields["timeout"] = timeout
        return self._request("submit", fields, text).fields["job"].hex()

    def watch(self, job):
        """Yields the fields of each progress message until the job has ended; raises when it failed."""
        fields = self._fields("watch", {"job": bytes.fromhex(job)})
        for message in self._messages(lambda: self._send("watch", fields)):
            if self._about(message, fields):
                if message.kind == "progress":
                    yield message.fields
                elif message.kind == "ended":
                    raise CanvassError(message.fields["status"], message.fields.get("message", ""))
                elif message.kind == "report":
                    return

    def report(self, job):
        """The report's bytes: canonical JSON."""
        answer = self._request("ask", {"job": bytes.fromhex(job)})
        if answer.kind == "ended":
            raise CanvassError(answer.fields["status"], answer.fields.get("message", ""))
        if answer.kind == "progress":
            raise CanvassError("job", f"job {job} has not ended: watch it first")
        content = answer.payloads[0]
        if answer.fields.get("by_name", 0) & 1:
            content = self._fetch(content[:32], struct.unpack("<Q", content[32:])[0])
        return content

    def cancel(self, job):
        self._request("cancel", {"job": bytes.fromhex(job)})

    def drop(self, dataset):
        """Returns how many unfinished jobs still use it."""
        return self._request("drop", {"dataset": dataset}).fields["jobs"]

    def list(self, what):
        """What is "jobs" (in the order of submission), "datasets" or "workers"."""
        return json.loads(b"".join(self._request("list", {"what": what}).payloads))

    # -- Blobs ---------------------------------------------------------------------------------------

    def _upload(self, sources, progress=None):
        """Offers blobs and answers what the broker wants of them, until it has them all."""
        waiting = {s.name: s for s in sources}
        total, sent, spoiled = sum(s.size for s in waiting.values()), 0, 0
        offered = {}

        def offer(only=None):
            for source in [only] if only else offered.values():
                self._send("offer", {"blob": source.name, "bytes": source.size})

        def fill():
            while waiting and len(offered) < WINDOW:
                name, source = waiting.popitem()
                offered[name] = source
                offer(source)

        if not sources:
            return
        fill()
        for message in self._messages(offer, say_now=False):
            source = offered.get(message.fields.get("blob"))
            if message.kind == "refused" and "request" not in message.fields:
                raise CanvassError(message.fields["status"], message.fields.get("message", ""))
            if not source:
                continue
            if message.kind == "want":
                at, wanted = message.fields["offset"], message.fields["bytes"]
                piece = source.read(at, wanted)
                self._send("chunk", {"blob": source.name, "offset": at, "bytes": source.size}, [piece])
                sent += len(piece)
                if progress:
                    progress(min(sent, total), total)
            elif message.kind == "have":
                del offered[source.name]
                fill()
            elif message.kind == "lost":
                spoiled += 1
                if message.fields["status"] != "corrupt" or spoiled > 3:
                    raise CanvassError(message.fields["status"], message.fields.get("message", ""))
                offer(source)
            if not offered:
                return

    def _fetch(self, name, size, attempts=3):
        """The bytes of a blob, compared with its name."""
        pieces, wanted = {}, []
        missing = list(range(0, size, CHUNK))

        def want(again=True):
            if again:  # a broker that was restarted has forgotten what it was asked
                missing[:0] = wanted
                wanted.clear()
            while missing and len(wanted) < WINDOW:
                wanted.append(missing.pop(0))
                self._send("want", {"blob": name, "offset": wanted[-1], "bytes": min(CHUNK, size - wanted[-1])})

        for message in self._messages(want) if size else ():
            if message.fields.get("blob") != name:
                continue
            if message.kind == "lost":
                raise CanvassError(message.fields["status"], message.fields.get("message", ""))
            if message.kind == "chunk" and message.fields["offset"] in wanted:
                pieces[message.fields["offset"]] = message.payloads[0]
                wanted.remove(message.fields["offset"])
                want(again=False)
            if not wanted:
                break
        content = b"".join(pieces[at] for at in sorted(pieces))
        if hashlib.sha256(content).digest() == name:
            return content
        if attempts == 1:
            raise CanvassError("corrupt", f"blob {name.hex()} does not arrive as its name says")
        return self._fetch(name, size, attempts - 1)

    # -- Messages ------------------------------------------------------------------------------------

    def _fields(self, kind, fields):
        self.requests += 1
        return dict(fields, request=self.requests)

    @staticmethod
    def _about(message, fields):
        """Does it answer the request with these fields?  Raises what was refused."""
        answered = message.fields.get("request")
        if message.kind == "refused" and answered in (None, fields["request"]):
            raise CanvassError(message.fields["status"], message.fields.get("message", ""))
        if answered is None:  # later news of a watched job need not carry the number
            return "job" in fields and message.fields.get("job") == fields["job"]
        return answered == fields["request"]

    @staticmethod
    def _broker_ends(message):
        return "request" not in message.fields and message.fields["status"] in ("io", "no-memory")

    def _request(self, kind, fields, blob=None, frames=()):
        """Sends a request, with BLOB as its first payload frame, until it is answered."""
        fields, payloads = self._fields(kind, fields), list(frames)
        if blob and blob.size <= CHUNK:
            payloads.insert(0, blob.read(0, blob.size))
        elif blob:
            self._upload([blob])
            fields["by_name"] = 1
            payloads.insert(0, blob.name + struct.pack("<Q", blob.size))
        for message in self._messages(lambda: self._send(kind, fields, payloads)):
            if self._about(message, fields):
                return message

    def _messages(self, say, say_now=True):
        """Yields what arrives.  say() asks; it is called again when the broker may have forgotten."""
        if say_now:
            say()
        asked = alive = self.answered = time.monotonic()  # patience starts again with every request
        while True:
            now = time.monotonic()
            if now - self.answered > self.patience:
                raise CanvassError("unreachable", f"{self.endpoint} does not answer: nothing listens there, or (with "
                                   "CURVE) the keys do not fit")
            if now - max(self.connected, self.answered) > SILENCE:
                self._connect()
            if now - alive > ALIVE:
                self._send("alive")
                alive = now
            if now - asked > AGAIN:
                say()
                asked = now
            if not self.socket.poll(200):
                continue
            message = self._receive()
            self.answered = time.monotonic()
            if message.kind == "stranger":
                self._hello()
            elif message.kind == "refused" and self._broker_ends(message):
                continue  # patience: it may be started again
            elif message.kind != "alive":
                if message.kind == "welcome":  # of a new session: the request must be repeated
                    say()
                yield message
                asked = self.answered = time.monotonic()  # whoever took it may have taken long

    def _connect(self):
        if self.socket:
            self.socket.close(linger=0)
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 200
        if self.keys and not self.endpoint.startswith("ipc:"):
            self.socket.curve_publickey = self.keys.public.encode()
            self.socket.curve_secretkey = self.keys.secret.encode()
            self.socket.curve_serverkey = self.keys.broker.encode()
        self.socket.connect(self.endpoint)
        self.connected = time.monotonic()
        self._hello()

    def _hello(self):
        self._send("hello", {"role": "client", "title": f"{socket.gethostname()}:{os.getpid()}",
                             "release": "canvass_client.py", "instance": self.instance})

    def _send(self, kind, fields=None, payloads=()):
        header = msgpack.packb(dict(fields or {}, v=VERSION, k=kind), use_bin_type=True)
        try:
            self.socket.send_multipart([header, *payloads], flags=zmq.DONTWAIT)
        except zmq.Again:
            pass  # no answer, or too slow: it is asked again

    def _receive(self):
        header, *payloads = self.socket.recv_multipart()
        fields = msgpack.unpackb(header, raw=False)
        if fields.get("v") != VERSION and fields.get("k") != "refused":
            raise CanvassError("protocol", f"the broker speaks version {fields.get('v')}, this client {VERSION}")
        return Message(fields.pop("k"), fields, payloads)


# -- The program -------------------------------------------------------------------------------------


def keys_of_environment():
    """CANVASS_IDENTITY names the file of your own pair, CANVASS_BROKER_KEY the broker's key or its file."""
    if "CANVASS_IDENTITY" not in os.environ:
        return None

    def key(path, half):
        with open(path, encoding="utf-8") as file:
            return re.search(rf"^{half}\s+(\S{{40}})", file.read(), re.MULTILINE)[1]

    broker = os.environ["CANVASS_BROKER_KEY"]
    if os.path.exists(broker):
        broker = key(broker, "public")
    own = os.environ["CANVASS_IDENTITY"]
    return Keys(key(own, "public"), key(own, "secret"), broker)


def arguments():
    parser = argparse.ArgumentParser(description="A client of a Canvass broker.")
    parser.add_argument("endpoint", help="such as ipc:///run/canvass/socket or tcp://HOST:7117")
    verbs = parser.add_subparsers(dest="verb", required=True)
    put = verbs.add_parser("put")
    put.add_argument("dataset")
    put.add_argument("specification")
    put.add_argument("files", nargs="+")
    put.add_argument("--append", action="store_true")
    put.add_argument("--shard-rows", type=int)
    submit = verbs.add_parser("submit")
    submit.add_argument("specification")
    submit.add_argument("--dataset", required=True)
    submit.add_argument("--key")
    submit.add_argument("--priority", type=int, default=0)
    submit.add_argument("--timeout", type=int, default=0, metavar="SECONDS")
    for verb in ("watch", "report", "cancel"):
        verbs.add_parser(verb).add_argument("job")
    for verb in ("jobs", "datasets", "workers"):
        verbs.add_parser(verb)
    verbs.add_parser("drop").add_argument("dataset")
    return parser.parse_args()


def show(what, done, total):
    print(f"{what} {done:,} of {total:,}", file=sys.stderr)


def show_upload(sent, total):
    show("sent: bytes", sent, total)


def run(canvass, args):
    if args.verb == "put":
        print(json.dumps(canvass.put(args.dataset, args.specification, args.files, args.append, args.shard_rows,
                                     show_upload)))
    elif args.verb == "submit":
        print(canvass.submit(args.specification, args.dataset, args.key, args.priority, timeout=args.timeout))
    elif args.verb == "watch":
        for news in canvass.watch(args.job):
            show(f"{news['state']}, stage {news.get('stage', 0)}: rows", news.get("rows_done", 0),
                 news.get("rows_total", 0))
    elif args.verb == "report":
        sys.stdout.buffer.write(canvass.report(args.job) + b"\n")
    elif args.verb == "cancel":
        canvass.cancel(args.job)
    elif args.verb == "drop":
        print(canvass.drop(args.dataset), "unfinished jobs still use it")
    else:
        print(json.dumps(canvass.list(args.verb), ensure_ascii=False, indent=2))


def main():
    args = arguments()
    try:
        patience = int(os.environ.get("CANVASS_PATIENCE") or 30)  # seconds
        with Client(args.endpoint, keys_of_environment(), patience) as canvass:
            run(canvass, args)
    except CanvassError as error:
        sys.exit(f"canvass_client: {error} ({error.status})")
    except OSError as error:
        sys.exit(f"canvass_client: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
