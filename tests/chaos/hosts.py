"""Hosts of a round: network namespaces joined by a bridge, whose links can be cut.  Needs root and iproute2."""
import os
import shutil
import subprocess

PORT = 7321
NETWORK = "10.77.13"


def ip(*arguments):
    """False when it fails."""
    return subprocess.run(["ip", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode == 0


def why_not():
    """Why there cannot be hosts on this machine; None when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "there is no `ip` (iproute2)"
    name = f"cx{os.getpid()}-try"
    if not (ip("netns", "add", name) and ip("-n", name, "link", "add", "br0", "type", "bridge")):
        ip("netns", "del", name)
        return "`ip netns add` or a bridge in it is not allowed"
    ip("netns", "del", name)
    return None


class Hosts:
    """Host 1 is the broker's.  Their names carry the script's process number."""

    def __init__(self, count):
        self.count = count
        self.hub = f"cx{os.getpid()}-hub"
        self.is_cut = set()
        made = ip("netns", "add", self.hub) and ip("-n", self.hub, "link", "add", "br0", "type", "bridge") and \
            ip("-n", self.hub, "link", "set", "br0", "up")
        if not (made and all(self.add(n) for n in range(1, count + 1))):
            self.remove()
            raise RuntimeError("a network namespace cannot be made any more")

    def name(self, number):
        return f"cx{os.getpid()}-{number}"

    def add(self, number):
        host = self.name(number)
        return ip("netns", "add", host) and \
            ip("link", "add", "eth0", "netns", host, "type", "veth", "peer", "name", f"p{number}", "netns", self.hub) and \
            ip("-n", self.hub, "link", "set", f"p{number}", "master", "br0", "up") and \
            ip("-n", host, "addr", "add", f"{NETWORK}.{number}/24", "dev", "eth0") and \
            ip("-n", host, "link", "set", "eth0", "up") and ip("-n", host, "link", "set", "lo", "up")

    def endpoint(self):
        return f"tcp://{NETWORK}.1:{PORT}"

    def prefix(self, number):
        return ["ip", "netns", "exec", self.name(number)]

    def cut(self, number):
        """Packets vanish, and nobody is told."""
        self.is_cut.add(number)
        ip("-n", self.hub, "link", "set", f"p{number}", "nomaster")

    def mend(self, number):
        self.is_cut.discard(number)
        ip("-n", self.hub, "link", "set", f"p{number}", "master", "br0")

    def remove(self):
        for number in range(1, self.count + 1):
            ip("netns", "del", self.name(number))
        ip("netns", "del", self.hub)
