"""A Slurm of one machine, with daemons, key, ports and folders of its own; nothing of an installed one is touched."""

import os
import socket
import subprocess
import time

from sweep_case import Skip, require_programs

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "sinfo", "squeue", "scancel")
START_SECONDS = 60

CONFIG = """ClusterName=zipmltest
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdSpoolDir={folder}/spool
StateSaveLocation={folder}/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1 Port={node_port} CPUs={cpus} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=30 State=UP
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class SlurmCluster:
    """Starts the daemons, or raises Skip; stops them at the end of a `with`. `environment` is for Slurm's commands."""

    def __init__(self, folder):
        os.environ["PATH"] += os.pathsep + os.pathsep.join(["/usr/sbin", "/sbin"])
        require_programs(*PROGRAMS)
        if os.geteuid() != 0:
            raise Skip("slurmd starts jobs only as root")
        self.folder, self.daemons = folder, []
        for name in ("spool", "state"):
            (folder / name).mkdir()
        self.environment = dict(os.environ, SLURM_CONF=str(folder / "slurm.conf"))
        for name in [name for name in self.environment if name.startswith(("SLURM_", "SBATCH_")) and name != "SLURM_CONF"]:
            del self.environment[name]

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        folder = self.folder
        key = folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))
        controller_port, node_port = free_ports(2)
        host = socket.gethostname().split(".")[0]
        (folder / "slurm.conf").write_text(CONFIG.format(
            host=host, folder=folder, user="root", controller_port=controller_port, node_port=node_port,
            cpus=os.cpu_count()))
        self.daemon("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={folder}/munge.socket",
                    f"--pid-file={folder}/munged.pid", f"--log-file={folder}/munged.log",
                    f"--seed-file={folder}/munge.seed", "--num-threads=1")
        self.wait("munged", lambda: (folder / "munge.socket").is_socket())
        self.daemon("slurmctld", "-D", "-c", "-f", folder / "slurm.conf")
        self.daemon("slurmd", "-D", "-N", "node1", "-f", folder / "slurm.conf")
        self.wait("slurmctld and slurmd", self.node_is_idle)

    def daemon(self, *command):
        log = open(self.folder / f"{command[0]}.out", "w")
        process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                   env=self.environment)
        log.close()
        self.daemons.append((command[0], process))

    def node_is_idle(self):
        found = subprocess.run(["sinfo", "--noheader", "--format=%T"], env=self.environment, capture_output=True, text=True)
        return found.stdout.strip() == "idle"

    def wait(self, what, ready):
        """Until the daemons are ready, or one has ended: then this machine cannot run them."""
        end = time.monotonic() + START_SECONDS
        while not ready():
            ended = next((name for name, process in self.daemons if process.poll() is not None), None)
            if ended or time.monotonic() > end:
                name = ended or self.daemons[-1][0]
                log = (self.folder / f"{name}.out").read_text().strip().splitlines()
                raise Skip(f"{what} cannot start here; {name} says: {log[-1] if log else 'nothing'}")
            time.sleep(0.1)

    def stop(self):
        for _, process in reversed(self.daemons):
            process.terminate()
        for _, process in reversed(self.daemons):
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.daemons = []

    def logs(self):
        return "".join(f"--- {name}\n" + (self.folder / f"{name}.out").read_text() for name, _ in self.daemons)
