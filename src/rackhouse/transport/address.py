"""Address: how a machine is reached over SSH. A place's address is the same as plain strings."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rackhouse.kit.errors import UsageError

_KEYS = ("host", "port", "user", "key", "host_key", "proxy", "sudo")
_JUMP = "jump."


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One machine, and the machine or program in between.

    `key` is the path of a private key; empty: the agent's and the account's usual ones. `host_key`
    is the pinned public key (`ssh-ed25519 AAAA...`); empty: unknown, so refused. `proxy` is an argv
    whose standard input and output are the connection. `sudo`: programs are started as root by it.
    """

    host: str
    port: int = 22
    user: str = "root"
    key: str = ""
    host_key: str = ""
    jump: Address | None = None
    proxy: tuple[str, ...] = ()
    sudo: bool = False

    def __str__(self) -> str:
        return f"{self.user}@{self.host}" + (f" port {self.port}" if self.port != 22 else "")

    @classmethod
    def parse(cls, words: Mapping[str, str]) -> Address:
        """The inverse of `to_mapping`; absent keys are defaults. UsageError when it is wrong.

        A jump host's keys begin with `jump.`; `proxy` is quoted as for a shell; `sudo` is `yes`.
        """
        own = {key: value for key, value in words.items() if not key.startswith(_JUMP)}
        if not own.get("host") or not set(own) <= set(_KEYS):
            raise UsageError(
                f"an address has the keys {', '.join(_KEYS)}, and must have host: {sorted(own)}",
                fix="see the node's entry in the rack file",
            )
        return cls(
            host=own["host"],
            port=_port(own.get("port") or "22"),
            user=own.get("user") or "root",
            key=own.get("key", ""),
            host_key=own.get("host_key", ""),
            proxy=tuple(shlex.split(own.get("proxy", ""))),
            sudo=own.get("sudo") == "yes",
            jump=_jump({k: v for k, v in words.items() if k.startswith(_JUMP)}),
        )

    def to_mapping(self) -> Mapping[str, str]:
        """Plain strings, without those that are empty."""
        words = {
            "host": self.host,
            "port": str(self.port),
            "user": self.user,
            "key": self.key,
            "host_key": self.host_key,
            "proxy": shlex.join(self.proxy),
            "sudo": "yes" if self.sudo else "",
        }
        if self.jump:
            words |= {_JUMP + key: value for key, value in self.jump.to_mapping().items()}
        return {key: value for key, value in words.items() if value}

    def pinned(self, host_key: str) -> Address:
        """The same, with the host key that it shall have from now on."""
        return replace(self, host_key=host_key)


def _jump(words: Mapping[str, str]) -> Address | None:
    return Address.parse({k.removeprefix(_JUMP): v for k, v in words.items()}) if words else None


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise UsageError(f"{text!r} is not a port", fix="a number from 1 to 65535; SSH's is 22")
    return int(text)
