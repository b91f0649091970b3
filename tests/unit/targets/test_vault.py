"""The vault: what is chosen once stays, what expires is renewed, what was given is a person's."""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from rackhouse.kit.errors import Missing, UsageError
from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.seen import Seen
from rackhouse.resources.vault import Authority, Certificate, Given, Password, Signer, VaultSpec
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.vault import Vault, give, given, open_target, rotate
from unit.targets.worlds import quiet, stamp_for

START = datetime(2026, 11, 21, tzinfo=UTC)
SECRET = Id("vault", "secret", "hello.db")
CA = Id("vault", "authority", "rack")
TLS = Id("vault", "certificate", "rack")
NAMES = ("rack.localhost", "hello.rack.localhost", "127.0.0.1", "::1")


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def add(self, days: float) -> None:
        self.now += timedelta(days=days)


class Bench:
    """A vault, its store and its clock."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = Clock()
        now: Callable[[], datetime] = self.clock
        self.vault: Vault = open_target(
            "vault", {}, rack="test", paths=Paths(Path("/nowhere")), store=self.store, now=now
        )

    async def make(self, id: Id, spec: VaultSpec) -> Seen:
        resource = Resource(id=id, spec=spec)
        values = {ref: await self.vault.output(ref) for ref in resource.refs}
        return await self.vault.ensure(resource, stamp_for(resource), values, quiet)

    async def look(self, id: Id) -> Seen:
        (seen,) = await self.vault.observe({id})
        return seen

    async def value(self, id: Id, output: str = "value") -> str:
        return (await self.vault.output(id.ref(output))).reveal()

    async def authority(self, *domains: str) -> Seen:
        return await self.make(CA, Authority("Rackhouse test", domains))

    async def certificate(self, *names: str, days: int = 397) -> Seen:
        text = {name: Text.of(CA.ref(name)) for name in ("certificate", "key")}
        spec = Certificate(text["certificate"], text["key"], names or NAMES, days)
        return await self.make(TLS, spec)

    async def parsed(self, id: Id) -> list[x509.Certificate]:
        pem = await self.value(id, "certificate")
        return x509.load_pem_x509_certificates(pem.encode())


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_password_needs_no_quoting_anywhere(bench: Bench) -> None:
    await bench.make(SECRET, Password(40))
    value = await bench.value(SECRET)
    assert len(value) == 40
    assert set(value) <= set(string.ascii_letters + string.digits)


async def test_two_passwords_differ(bench: Bench) -> None:
    other = Id("vault", "secret", "other.db")
    await bench.make(SECRET, Password())
    await bench.make(other, Password())
    assert await bench.value(SECRET) != await bench.value(other)


async def test_a_rotated_password_has_another_version_and_is_no_drift(bench: Bench) -> None:
    before, old = await bench.make(SECRET, Password(40)), ""
    old = await bench.value(SECRET)
    rotate(bench.store, SECRET)
    after = await bench.look(SECRET)
    assert await bench.value(SECRET) != old
    assert len(await bench.value(SECRET)) == 40
    assert after.version != before.version
    assert after.stamp is not None
    assert after.stamp.found == after.found


async def test_a_rotated_signer_is_another_pair(bench: Bench) -> None:
    id = Id("vault", "signer", "identity")
    await bench.make(id, Signer())
    old = await bench.value(id, "public")
    rotate(bench.store, id)
    assert await bench.value(id, "public") != old
    private = load_pem_private_key((await bench.value(id, "private")).encode(), None)
    public = load_pem_public_key((await bench.value(id, "public")).encode())
    assert isinstance(private, Ed25519PrivateKey)
    assert isinstance(public, Ed25519PublicKey)
    public.verify(private.sign(b"word"), b"word")


async def test_nothing_to_rotate_is_an_error_with_a_fix(bench: Bench) -> None:
    with pytest.raises(Missing, match="no value to rotate"):
        rotate(bench.store, SECRET)


async def test_a_given_secret_is_given_anew_and_not_rotated(bench: Bench) -> None:
    give(bench.store, "hello", "token", "one")
    with pytest.raises(UsageError) as refused:
        rotate(bench.store, Id("vault", "given", "hello.token"))
    assert refused.value.fix == "rackhouse secret set hello token"


async def test_a_secret_that_was_not_given_says_how_to_give_it(bench: Bench) -> None:
    id = Id("vault", "given", "hello.token")
    with pytest.raises(Missing) as missing:
        await bench.make(id, Given("hello", "token"))
    assert missing.value.fix == "rackhouse secret set hello token"
    assert given(bench.store) == frozenset()
    give(bench.store, "hello", "token", "one")
    assert given(bench.store) == {"hello.token"}
    first = await bench.make(id, Given("hello", "token"))
    assert first.ready
    give(bench.store, "hello", "token", "two")
    second = await bench.look(id)
    assert await bench.value(id) == "two"
    assert second.version != first.version
    assert second.stamp is not None
    assert second.stamp.found == second.found


@pytest.mark.parametrize("value", ["sk-1", 'a"b', "a\\b", "two\nlines", "ключ", "\x7f\u2028"])
async def test_what_a_person_gave_can_stand_in_json(bench: Bench, value: str) -> None:
    id = Id("vault", "given", "gateway.openai")
    give(bench.store, "gateway", "openai", value)
    await bench.make(id, Given("gateway", "openai"))
    inside = await bench.value(id, "json")
    assert json.loads(f'{{"key":"{inside}"}}') == {"key": value}


def test_an_empty_secret_is_refused(bench: Bench) -> None:
    with pytest.raises(UsageError, match="empty"):
        give(bench.store, "hello", "token", "")


async def test_equal_secrets_of_two_racks_have_other_fingerprints(bench: Bench) -> None:
    id, other = Id("vault", "given", "hello.token"), Bench()
    for each in (bench, other):
        give(each.store, "hello", "token", "hunter2")
    made = [await each.make(id, Given("hello", "token")) for each in (bench, other)]
    assert made[0].found != made[1].found


async def test_an_authority_is_bound_to_the_racks_names(bench: Bench) -> None:
    await bench.authority("home.arpa")
    (certificate,) = await bench.parsed(CA)
    limits = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    names = [str(g.value) for g in limits.value.permitted_subtrees or ()]
    assert {"home.arpa", "localhost", "127.0.0.0/8", "192.168.0.0/16"} <= set(names)
    assert certificate.not_valid_after_utc - START > timedelta(days=3650)


async def test_an_authority_without_domains_is_not_bound(bench: Bench) -> None:
    await bench.authority()
    (certificate,) = await bench.parsed(CA)
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.NameConstraints)


async def test_a_certificate_names_each_host_and_address(bench: Bench) -> None:
    await bench.authority("rack.localhost")
    await bench.certificate()
    leaf, issuer = await bench.parsed(TLS)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == list(NAMES[:2])
    assert list(map(str, names.get_values_for_type(x509.IPAddress))) == list(NAMES[2:])
    leaf.verify_directly_issued_by(issuer)
    assert issuer == (await bench.parsed(CA))[0]
    assert leaf.not_valid_before_utc < START < leaf.not_valid_after_utc


async def test_a_certificate_is_renewed_in_its_last_thirty_days(bench: Bench) -> None:
    await bench.authority()
    first = await bench.certificate()
    bench.clock.add(366)
    assert (await bench.look(TLS)).ready
    bench.clock.add(2)
    late = await bench.look(TLS)
    assert not late.ready
    assert "expires on 2027-12-23" in late.why
    renewed = await bench.certificate()
    assert renewed.ready
    assert renewed.version != first.version


async def test_a_short_certificate_is_good_for_two_thirds_of_its_life(bench: Bench) -> None:
    await bench.authority()
    assert (await bench.certificate(days=7)).ready
    bench.clock.add(6)
    assert not (await bench.look(TLS)).ready


async def test_no_certificate_outlives_its_authority(bench: Bench) -> None:
    await bench.authority()
    await bench.certificate(days=9999)
    leaf, issuer = await bench.parsed(TLS)
    assert leaf.not_valid_after_utc == issuer.not_valid_after_utc


@pytest.mark.parametrize("change", ["names", "authority"])
async def test_a_certificate_that_does_not_fit_is_issued_anew(bench: Bench, change: str) -> None:
    await bench.authority()
    first = await bench.certificate()
    if change == "authority":
        rotate(bench.store, CA)
        assert not (await bench.look(CA)).ready
        await bench.authority()
        second = await bench.certificate()
    else:
        second = await bench.certificate("rack.localhost")
    assert second.version != first.version
    leaf, _ = await bench.parsed(TLS)
    leaf.verify_directly_issued_by((await bench.parsed(CA))[0])


async def test_a_certificate_that_fits_is_kept(bench: Bench) -> None:
    await bench.authority()
    first = await bench.certificate()
    bench.clock.add(100)
    assert (await bench.certificate(*reversed(NAMES))).version == first.version


async def test_a_clock_that_went_back_renews_certificates_and_keeps_the_authority(
    bench: Bench,
) -> None:
    trusted = await bench.authority()
    await bench.certificate()
    bench.clock.add(-400)
    assert "clock went back" in (await bench.look(TLS)).why
    assert (await bench.look(CA)).ready
    assert (await bench.authority()).version == trusted.version
    assert (await bench.certificate()).ready


async def test_an_authority_near_its_end_is_replaced(bench: Bench) -> None:
    first = await bench.authority()
    bench.clock.add(3640)
    assert not (await bench.look(CA)).ready
    assert (await bench.authority()).version != first.version
