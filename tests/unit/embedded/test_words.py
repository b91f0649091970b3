"""The pure pieces of the targets inside parts: verifiers, notes, rules, policies, users' files."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.resources.core import Id
from rackhouse.resources.seen import Stamp
from rackhouse.targets.cache.rules import pattern, rules
from rackhouse.targets.embedded.valkey import users_file
from rackhouse.targets.objects.access import policy
from rackhouse.targets.objects.client import code, texts
from rackhouse.targets.objects.sigv4 import Key
from rackhouse.targets.postgres.note import Note, read
from rackhouse.targets.postgres.scram import fits

# RFC 7677, section 3: the password is "pencil". StoredKey and ServerKey as any server keeps them.
VERIFIER = (
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
)


def test_a_password_fits_its_verifier() -> None:
    assert fits(VERIFIER, "pencil")
    assert not fits(VERIFIER, "pencils")
    assert not fits("", "pencil")
    assert not fits("md5" + hashlib.md5(b"pencil").hexdigest(), "pencil")


STAMPS = st.builds(
    Stamp,
    rack=st.text(),
    digest=st.text(),
    inputs=st.dictionaries(st.just(Id("vault", "secret", "x")), st.text()),
    found=st.text(),
)


@given(st.text(), STAMPS, st.lists(st.text()))
def test_a_note_is_read_as_it_was_written(
    database: str, stamp: Stamp, extensions: list[str]
) -> None:
    note = Note(database=database, stamp=stamp, extensions=tuple(extensions))
    assert read(note.to_json()) == note


@pytest.mark.parametrize(
    "comment", [None, "", "the owner's words", "[]", "{}", '{"rackhouse": "x"}', "null", "1"]
)
def test_anybody_elses_comment_is_no_note(comment: str | None) -> None:
    assert read(comment) is None


def test_a_rule_holds_a_digest_and_never_the_password() -> None:
    words = rules("hello:", "s3cret")
    assert words[:2] == ("reset", "on")
    assert f"#{hashlib.sha256(b's3cret').hexdigest()}" in words
    assert not [word for word in words if "s3cret" in word]
    assert {"~hello:*", "&hello:*", "-@admin", "-@dangerous", "-scan"} <= set(words)
    assert words.index("+@all") < words.index("-@dangerous") < words.index("+info")


def test_a_prefix_with_the_letters_of_patterns_means_them() -> None:
    assert pattern("a*[b]?\\:") == "a\\*\\[b\\]\\?\\\\:*"


def test_the_administrator_is_put_in_and_the_others_are_left() -> None:
    digest = hashlib.sha256(b"new").hexdigest()
    before = "user default on nopass ~* +@all\nuser rackhouse on #old ~* +@all\nuser a on #1 ~a:*\n"
    after = users_file(before, "rackhouse", "new")
    assert after.splitlines() == [
        "user default off",
        f"user rackhouse on #{digest} ~* &* +@all",
        "user a on #1 ~a:*",
    ]
    assert users_file(after, "rackhouse", "new") == after
    assert users_file("user rackhouses on #1\n", "rackhouse", "x").count("rackhouses") == 1


def test_a_policy_names_one_bucket_and_nothing_that_opens_it() -> None:
    [statement] = json.loads(policy("hello.files"))["Statement"]
    assert statement["Resource"] == ["arn:aws:s3:::hello.files", "arn:aws:s3:::hello.files/*"]
    for action in ("*", "Policy", "Acl", 'DeleteBucket"', "CreateBucket"):
        assert action not in json.dumps(statement["Action"])


def test_answers_are_read_with_their_entities() -> None:
    answer = "<A><Name>a&amp;b</Name><Name>c</Name><Code>NoSuchEntity</Code></A>"
    assert texts(answer, "Name") == ["a&b", "c"]
    assert code(answer) == "NoSuchEntity"
    assert code("") == ""


def test_a_key_does_not_print_its_secret() -> None:
    assert "s3cret" not in repr(Key("access", "s3cret"))
    assert base64.b64encode(b"s3cret").decode() not in repr(Key("access", "s3cret"))
