"""Small disks for stores, on tmpfs if it can be mounted; and damage: flipped bits."""
import os
import shutil
import subprocess
import tempfile

STORE_MIB = 110  # the broker keeps 64 MiB free for its records
LEFT_BYTES = 256 << 10
SHARD_MAGIC = b"CANVSHRD"


def run(*argv):
    return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def why_not():
    """Why there cannot be small disks on this machine; None when there can."""
    if os.geteuid() != 0:
        return "mounting a small tmpfs needs root"
    with tempfile.TemporaryDirectory() as there:
        if not run("mount", "-t", "tmpfs", "-o", "size=1m", "canvass-chaos", there):
            return "mounting a tmpfs is not allowed"
        run("umount", there)
    return None


def why_not_apart():
    """Why the broker's directory cannot be hidden from processes; None when it can."""
    if os.geteuid() != 0 or not run("unshare", "-m", "true"):
        return "mount namespaces need root and `unshare -m`"
    return None


class Disk:
    """A separate file system for the directory of a store."""

    def __init__(self, directory):
        self.directory, self.filler = directory, os.path.join(directory, "aside", "filler")
        os.makedirs(directory, mode=0o700, exist_ok=True)
        if not run("mount", "-t", "tmpfs", "-o", f"size={STORE_MIB}m,mode=0700", "canvass-chaos", directory):
            raise RuntimeError(f"nothing can be mounted at {directory} any more")

    def fill(self):
        """Fills all but LEFT_BYTES, in a folder of its own, because a store must not hold other files."""
        os.makedirs(os.path.dirname(self.filler), mode=0o700, exist_ok=True)
        info = os.statvfs(self.directory)
        with open(self.filler, "ab") as file:
            size = file.tell() + info.f_bavail * info.f_frsize - LEFT_BYTES
            if size > 0:
                os.posix_fallocate(file.fileno(), 0, size)

    def empty(self):
        if os.path.exists(self.filler):
            os.unlink(self.filler)

    def remove(self, keeps):
        """KEEPS: the content stays in the directory."""
        self.empty()
        if keeps:
            shutil.copytree(self.directory, self.directory + ".kept", symlinks=True, dirs_exist_ok=True)
        run("umount", "-l", self.directory)
        if keeps:
            os.rmdir(self.directory)
            os.rename(self.directory + ".kept", self.directory)


# ---- Damage

def blobs_of(store):
    found = []
    for folder, _, names in os.walk(os.path.join(store, "blobs")):
        found += [os.path.join(folder, name) for name in names if len(name) == 64]
    return sorted(found)


def is_shard(path):
    with open(path, "rb") as file:
        return file.read(len(SHARD_MAGIC)) == SHARD_MAGIC


def flip_bit(path, rng):
    """False for an empty file."""
    size = os.path.getsize(path)
    if size == 0:
        return False
    at = rng.randrange(size)
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << rng.randrange(8)]))
    return True


def flip_in_blobs(store, rng, only_shards):
    """Flips a bit in each of up to three files; returns how many were altered."""
    paths = [path for path in blobs_of(store) if not only_shards or is_shard(path)]
    chosen = rng.sample(paths, min(len(paths), 1 + rng.randrange(3)))
    return sum(flip_bit(path, rng) for path in chosen)


def flip_in_index(store, rng):
    path = os.path.join(store, "index", "data.mdb")
    return int(os.path.exists(path) and flip_bit(path, rng))
