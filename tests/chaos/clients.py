"""What the clients of a round want: datasets to be put, jobs to be evaluated.  Each is repeated until it is done."""
import os
import re

from chaos.processes import Process, last_line, text_of

ID = re.compile(r"^(?:canvass: job )?([0-9a-f]{32})$", re.M)


class Wish:
    """A command, repeated unchanged.  ID is what the broker acknowledged, even if the client was then killed."""

    def __init__(self, world, name, arguments):
        self.world, self.name, self.arguments = world, name, arguments
        self.process = Process(name, world.path(name + ".log"), world.path(name + ".out"))
        self.is_done = False
        self.tries = 0
        self.refusals = 0  # times that it failed by itself

    def start(self):
        self.tries += 1
        for path in (self.process.log, self.process.out):
            if os.path.exists(path):
                os.rename(path, f"{path}.{self.tries - 1}")
        self.process.start(self.world.client_argv(self.arguments))

    def is_running(self):
        return self.process.popen is not None

    def why(self):
        return f"{self.name}: exit code {self.process.code}: {last_line(self.process.log)}"


class Put(Wish):
    def __init__(self, world, name, material, survey, shard_rows):
        self.survey = survey
        super().__init__(world, name, ["put", name, material.specification("first8"), material.data(survey),
                                       "--shard-rows", str(shard_rows), "-q"])


class Submit(Wish):
    """WAITS: it waits, and writes the report to DIRECTORY/NAME.json."""

    def __init__(self, world, name, material, specification, put, waits, priority):
        self.put, self.specification, self.waits = put, specification, waits
        self.ids = set()
        arguments = ["submit", material.specification(specification), "--dataset", put.name, "--key", name,
                     "--priority", str(priority)]
        if waits:
            arguments += ["--wait", "--format", "json", "-o", world.path(name + ".json")]
        super().__init__(world, name, arguments)

    def note_id(self):
        """To be called after each end: what was printed was acknowledged."""
        for path in (self.process.out, self.process.log):
            self.ids.update(ID.findall(text_of(path)))

    def report(self):
        path = self.world.path(self.name + ".json")
        with open(path, "rb") as file:
            return file.read()
