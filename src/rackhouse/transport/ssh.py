"""A machine over SSH: pinned host keys, jump hosts, and errors that say what to look at."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rackhouse.kit.errors import Missing, RackhouseError, Refused, Unavailable
from rackhouse.transport.address import Address
from rackhouse.transport.channel import Ended

if TYPE_CHECKING:  # it takes 0.3 s to import
    from asyncssh import SSHClientConnection, SSHClientProcess, SSHKey

CONNECT = 10.0  # seconds until a machine that says nothing is taken for absent
KEEPALIVE = (15, 3)  # seconds between questions, and how many may stay unanswered
_CHUNK = 4096


class SshChannel:
    """A program on the other side: a `Channel`."""

    def __init__(self, process: SSHClientProcess[bytes]) -> None:
        self._process = process
        self._err = b""
        self._draining = asyncio.ensure_future(self._drain())

    async def read(self, count: int) -> bytes:
        """Exactly `count` bytes. EOFError when it ended or the connection broke."""
        async with _broken_is_end():
            return await self._process.stdout.readexactly(count)
        raise AssertionError  # mypy: a context manager might swallow

    async def write(self, data: bytes) -> None:
        """Bytes for its input. EOFError as above."""
        async with _broken_is_end():
            self._process.stdin.write(data)
            await self._process.stdin.drain()

    async def ended(self) -> Ended:
        """Its exit code, None when the connection broke, and the end of what it complained."""
        async with _broken_is_end():
            await self._process.wait_closed()
        await self._draining
        return Ended(self._process.returncode, self._err.decode("utf-8", "replace").strip())

    async def close(self) -> None:
        """End its input and the channel."""
        self._process.close()
        self._draining.cancel()

    async def _drain(self) -> None:
        """Take what it complains, or it would have to wait; its end is kept."""
        with contextlib.suppress(EOFError):
            async with _broken_is_end():
                while chunk := await self._process.stderr.read(_CHUNK):
                    self._err = (self._err + chunk)[-_CHUNK:]


class Ssh:
    """A machine that has been reached: a `Connection`."""

    def __init__(self, address: Address, line: SSHClientConnection, jump: Ssh | None) -> None:
        self._address = address
        self.line = line
        self._jump = jump

    async def open(self, argv: Sequence[str]) -> SshChannel:
        """Start a program, by its account's shell. Unavailable when the connection is gone."""
        import asyncssh

        try:
            return SshChannel(await self.line.create_process(shlex.join(argv), encoding=None))
        except (asyncssh.Error, OSError) as error:
            raise _lost(self._address, error) from error

    async def forward(self, here: Path, there: str) -> None:
        """Make the Unix socket `here` lead to `there` on the machine, while connected."""
        import asyncssh

        try:
            await self.line.forward_local_path(str(here), there)
        except (asyncssh.Error, OSError) as error:
            raise _lost(self._address, error) from error

    async def forward_port(self, here: Path, host: str, port: int) -> None:
        """Make the Unix socket `here` lead to what the machine reaches as `host`."""
        import asyncssh

        try:
            await self.line.forward_local_path_to_port(str(here), host, port)
        except (asyncssh.Error, OSError) as error:
            raise _lost(self._address, error) from error

    async def close(self) -> None:
        """Hang up; the jump host last."""
        self.line.close()
        await self.line.wait_closed()
        if self._jump:
            await self._jump.close()


async def connect(address: Address, *, password: str = "", patience: float = CONNECT) -> Ssh:
    """Reach a machine within `patience` seconds; by `password` in place of a key, where there is
    one. Unavailable, or Refused where its key, or ours, is not the right one.
    """
    jump = await connect(address.jump) if address.jump else None
    meeting = _Meeting(address.host_key)
    try:
        return Ssh(address, await _dial(address, jump, meeting, password, patience), jump)
    except BaseException:
        if jump:
            await jump.close()
        raise


async def fetch_host_key(address: Address) -> str:
    """The public key that the machine shows, as `host_key` takes it. Nothing is sent to it."""
    jump = await connect(address.jump) if address.jump else None
    meeting = _Meeting("")
    try:
        line = await _dial(address, jump, meeting)
        line.close()  # cannot be: no key is accepted
    except Refused:
        if meeting.shown is None:
            raise
    finally:
        if jump:
            await jump.close()
    assert meeting.shown is not None
    return _text(meeting.shown)


def fingerprint(host_key: str) -> str:
    """`SHA256:...` of a public key, as ssh-keygen -l prints it. Refused when it is none."""
    import asyncssh

    try:
        return asyncssh.import_public_key(host_key).get_fingerprint()
    except asyncssh.KeyImportError as error:
        fix = "take it from /etc/ssh/ssh_host_ed25519_key.pub of that machine"
        raise Refused(f"not a public key: {host_key[:60]!r}", fix=fix) from error


class _Meeting:
    """Judges the key that a host shows, and remembers it."""

    def __init__(self, pinned: str) -> None:
        self.pinned = pinned
        self.shown: SSHKey | None = None

    def accepts(self, key: SSHKey) -> bool:
        self.shown = key
        return bool(self.pinned) and fingerprint(self.pinned) == key.get_fingerprint()

    @property
    def algorithms(self) -> str:
        """The kind of the pinned key first: a host has several keys, and shows what is asked."""
        import asyncssh

        if not self.pinned:
            return "^ssh-ed25519"
        fingerprint(self.pinned)  # refuses what is no key
        kinds = asyncssh.import_public_key(self.pinned).sig_algorithms
        return "^" + ",".join(kind.decode() for kind in kinds)

    def client(self) -> Any:
        """What asyncssh asks about the key."""
        import asyncssh

        meeting = self

        class Client(asyncssh.SSHClient):
            def validate_host_public_key(
                self,
                host: str,  # noqa: ARG002
                addr: str,  # noqa: ARG002
                port: int,  # noqa: ARG002
                key: SSHKey,
            ) -> bool:
                return meeting.accepts(key)

        return Client()


async def greeted(address: Address, patience: float) -> None:
    """Unavailable unless something answers there as SSH does. Shows it no key."""
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(address.host, address.port)
            try:
                banner = await reader.read(4)
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        raise _absent(address, error, patience) from error
    if banner != b"SSH-":
        raise _absent(address, OSError("what answers there is not SSH"), patience)


async def _dial(
    address: Address,
    jump: Ssh | None,
    meeting: _Meeting,
    password: str = "",
    patience: float = CONNECT,
) -> SSHClientConnection:
    import asyncssh

    try:
        return await asyncssh.connect(
            address.host,
            address.port,
            username=address.user,
            tunnel=jump.line if jump else None,
            proxy_command=list(address.proxy) or None,
            client_factory=meeting.client,
            known_hosts=([], [], []),  # so that each key is shown to the meeting
            server_host_key_algs=meeting.algorithms,
            config=None,
            connect_timeout=patience,
            login_timeout=patience,
            keepalive_interval=KEEPALIVE[0],
            keepalive_count_max=KEEPALIVE[1],
            **_credentials(address, password),
        )
    except asyncssh.HostKeyNotVerifiable as error:
        raise _stranger(address, meeting) from error
    except asyncssh.PermissionDenied as error:
        raise _not_let_in(address, by_password=bool(password)) from error
    except (asyncssh.Error, OSError, TimeoutError) as error:
        raise _absent(address, error, patience) from error


def _credentials(address: Address, password: str) -> dict[str, Any]:
    """A password, the key that the address names, or the agent's and the account's own."""
    if password:
        # A machine that asks in its own words (keyboard-interactive, as PAM has it) is told too.
        methods = ("password", "keyboard-interactive")
        return {"password": password, "client_keys": None, "preferred_auth": methods}
    if address.key:
        return {"client_keys": [_read_key(address.key)], "agent_path": None}
    return {}


def _not_let_in(address: Address, *, by_password: bool) -> Refused:
    if by_password:
        return Refused(
            f"{address} does not take that password",
            fix="type it again; or its SSH takes keys alone (PasswordAuthentication): then put the "
            f"line of `rackhouse hosts key` into ~{address.user}/.ssh/authorized_keys there",
        )
    return Refused(
        f"{address} takes neither our key nor a password",
        fix=f"on that machine, add the public key of {address.key or 'this account'} to "
        f"~{address.user}/.ssh/authorized_keys; or see `user` and `key` of the address",
    )


def _read_key(path: str) -> SSHKey:
    import asyncssh

    try:
        return asyncssh.read_private_key(path)
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise Missing(f"the SSH key {path}: {what}", fix="see `key` of the address") from error
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise Refused(
            f"the SSH key {path} cannot be used: {error}",
            fix="a private key without a passphrase; one with a passphrase goes into ssh-agent",
        ) from error


def _stranger(address: Address, meeting: _Meeting) -> RackhouseError:
    if meeting.shown is None:
        return Refused(f"{address} shows a host key of an unknown kind", fix="update its sshd")
    shown = meeting.shown.get_fingerprint()
    if not address.host_key:
        return Refused(
            f"the host key of {address} is not known yet: {shown}",
            fix="rackhouse hosts add, after comparing it with "
            "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on that machine",
        )
    return Refused(
        f"the host key of {address} has changed: it was {fingerprint(address.host_key)}, "
        f"now it is {shown}",
        fix="if that machine was set up anew: rackhouse hosts add; else two machines have this "
        "address, or somebody is listening",
    )


def _absent(address: Address, error: Exception, patience: float) -> Unavailable:
    what = f"no answer within {patience:g} s" if isinstance(error, TimeoutError) else str(error)
    return Unavailable(
        f"cannot reach {address.host} port {address.port}: {what}",
        fix="is it on, and on this network? does SSH run there (systemctl status ssh), and does "
        "the firewall let it through?",
    )


def _lost(address: Address, error: Exception) -> Unavailable:
    what = f"the connection to {address.host} port {address.port} is gone: {error}"
    return Unavailable(what, fix="try again; if it goes again, look at its power and network")


@contextlib.asynccontextmanager
async def _broken_is_end() -> AsyncIterator[None]:
    import asyncssh

    try:
        yield
    except (asyncssh.Error, BrokenPipeError, ConnectionError) as error:
        raise EOFError(str(error)) from error


def _text(key: SSHKey) -> str:
    return " ".join(key.export_public_key().decode().split()[:2])
