"""PostgreSQL as a target: a database, and a role that owns it and can reach no other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg import sql
from psycopg.sql import SQL, Identifier, Literal

from rackhouse.kit.errors import HostError, Missing, NotOurs
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.postgres import Database
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.postgres import note as notes
from rackhouse.targets.postgres.note import Note
from rackhouse.targets.postgres.scram import fits
from rackhouse.targets.postgres.server import Server, run
from rackhouse.targets.protocol import Say

_ROLES = SQL(
    "SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication,"
    " rolbypassrls, coalesce(rolpassword, ''), shobj_description(oid, 'pg_authid')"
    " FROM pg_authid WHERE rolname NOT LIKE 'pg\\_%' ORDER BY rolname"
)
_DATABASES = SQL(
    "SELECT datname, pg_get_userbyid(datdba), has_database_privilege('public', oid, 'CONNECT')"
    " FROM pg_database ORDER BY datname"
)
_RIGHTS = SQL("LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS")
_OF_NOBODY = ("postgres", "template1")  # databases that every role might enter, by default


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One role as it is now."""

    name: str
    rights: str
    verifier: str
    note: Note | None


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """One database as it is now. `open` to every role of the server."""

    name: str
    owner: str
    open: bool


@dataclass(frozen=True, slots=True)
class View:
    """The roles and databases of a server."""

    roles: Mapping[str, Role]
    databases: Mapping[str, There]

    def role_of(self, database: str) -> Role | None:
        """The role with our note about `database`."""
        marked = (r for r in self.roles.values() if r.note and r.note.database == database)
        return next(marked, None)


class Postgres:
    """Databases on one server: a `Target`."""

    def __init__(self, name: str, *, rack: str, server: Server, fingerprint: Fingerprint) -> None:
        self._name = name
        self._rack = rack
        self._server = server
        self._fingerprint = fingerprint

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """Databases with our note; of `ids`, also those that exist without."""
        view = await self._view()
        if ids is not None:
            return [seen for id in sorted(ids) if (seen := await self._seen(view, id.name))]
        marked = sorted(role.note.database for role in view.roles.values() if role.note)
        found = [each for name in marked if (each := await self._seen(view, name))]
        return [each for each in found if each.stamp and each.stamp.rack == self._rack]

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """The role, the database, the extensions; the finished stamp last."""
        spec: Database = resource.spec
        view = await self._view()
        _refuse_strangers(view, spec, stamp)
        extensions = await self._extensions(spec, say)
        role = view.roles.get(spec.role)
        made = role.note.extensions if role and role.note else ()
        half = Note(database=spec.name, stamp=stamp, extensions=made)
        await self._write_role(role, spec, half, spec.password.fill(values))
        await self._write_database(view.databases.get(spec.name), spec, say)
        await self._close_to_all(view)
        await self._write_extensions(spec, extensions)
        whole = replace(half, extensions=extensions)
        found = await self._found(await self._view(), spec.name, whole)
        await self._server.run(_comment(spec.role, replace(whole, stamp=stamp.finished(found))))
        return await self._as_it_is(resource.id)

    async def remove(self, seen: Seen, say: Say) -> None:
        """Drop the database with all that it holds, then the role with the stamp."""
        database = seen.id.name
        role = (await self._view()).role_of(database)
        if role is None:
            return
        say(f"dropping the database {database}")
        drop = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(database))
        await self._server.run(drop)
        await self._server.run(SQL("DROP ROLE IF EXISTS {}").format(Identifier(role.name)))

    async def output(self, ref: Ref) -> Hidden:
        """A database has none: its name is computed, its password is the vault's."""
        raise Missing(f"{ref.to} has no output {ref.output!r}")

    async def close(self) -> None:
        """Let go of the connection."""
        await self._server.close()

    async def _view(self) -> View:
        roles = [
            Role(name=row[0], rights=repr(row[1:7]), verifier=row[7], note=notes.read(row[8]))
            for row in await self._server.run(_ROLES)
        ]
        databases = [
            There(name=r[0], owner=r[1], open=r[2]) for r in await self._server.run(_DATABASES)
        ]
        return View({r.name: r for r in roles}, {d.name: d for d in databases})

    async def _as_it_is(self, id: Id) -> Seen:
        seen = await self._seen(await self._view(), id.name)
        if seen is None:
            raise HostError(f"{id} was removed while it was being made", fix="run it again")
        return seen

    async def _seen(self, view: View, database: str) -> Seen | None:
        id = Id(self._name, "database", database)
        role = view.role_of(database)
        if role is None or role.note is None:
            there = database in view.databases
            return Seen(id=id, stamp=None, found="", ready=False) if there else None
        why = "" if database in view.databases else "the database is gone"
        found = await self._found(view, database, role.note)
        return Seen(id=id, stamp=role.note.stamp, found=found, ready=not why, why=why)

    async def _found(self, view: View, database: str, note: Note) -> str:
        """Of owner, rights, password, and those of our extensions that are still there."""
        role, there = view.role_of(database), view.databases.get(database)
        if role is None or there is None:
            return self._fingerprint("gone", database)
        extensions: Collection[str] = ()
        if note.extensions:
            async with self._server.within(database) as connection:
                rows = await run(connection, SQL("SELECT extname FROM pg_extension"))
            extensions = sorted({row[0] for row in rows} & set(note.extensions))
        return self._fingerprint(
            there.owner, str(there.open), role.name, role.rights, role.verifier, *extensions
        )

    async def _extensions(self, spec: Database, say: Say) -> tuple[str, ...]:
        """Those to make. Missing when the server lacks one that is not optional."""
        wanted = {*spec.extensions, *spec.optional}
        if not wanted:
            return ()
        rows = await self._server.run(SQL("SELECT name FROM pg_available_extensions"))
        lacking = wanted - {row[0] for row in rows}
        for extension in sorted(lacking):
            if extension in spec.extensions:
                raise Missing(
                    f"this PostgreSQL has no extension {extension!r}",
                    where=f"database {spec.name}",
                    fix="leave it out, or use a server that has it",
                )
            say(f"without the extension {extension}, which this PostgreSQL lacks")
        return tuple(sorted(wanted - lacking))

    async def _write_role(
        self, role: Role | None, spec: Database, note: Note, password: str
    ) -> None:
        name = Identifier(spec.role)
        verifier = SQL(" PASSWORD {}").format(Literal(self._server.verifier(spec.role, password)))
        if role is None:
            create = SQL("CREATE ROLE {} ").format(name) + _RIGHTS + verifier
            await self._server.run(create, _comment(spec.role, note))
            return
        alter = SQL("ALTER ROLE {} ").format(name) + _RIGHTS
        if not fits(role.verifier, password):
            alter += verifier
        await self._server.run(_comment(spec.role, note), alter)

    async def _write_database(self, there: There | None, spec: Database, say: Say) -> None:
        name, role = Identifier(spec.name), Identifier(spec.role)
        if there is None:
            say(f"creating the database {spec.name}")
            await self._server.run(SQL("CREATE DATABASE {} OWNER {}").format(name, role))
        elif there.owner != spec.role:
            await self._server.run(SQL("ALTER DATABASE {} OWNER TO {}").format(name, role))
        if there is None or there.open:
            await self._server.run(_closed(spec.name))

    async def _close_to_all(self, view: View) -> None:
        for name in _OF_NOBODY:
            if (there := view.databases.get(name)) and there.open:
                await self._server.run(_closed(name))

    async def _write_extensions(self, spec: Database, extensions: Collection[str]) -> None:
        if not extensions:
            return
        create = SQL("CREATE EXTENSION IF NOT EXISTS {} CASCADE")
        async with self._server.within(spec.name) as connection:
            for extension in extensions:
                await run(connection, create.format(Identifier(extension)))


def _refuse_strangers(view: View, spec: Database, stamp: Stamp) -> None:
    role, marked = view.roles.get(spec.role), view.role_of(spec.name)
    fix = "give yours another name, or rename or drop what is there"
    if role is not None and (role.note is None or role.note.database != spec.name):
        raise NotOurs(f"a role {spec.role!r} exists, and this rack did not make it", fix=fix)
    if role is None and spec.name in view.databases:
        raise NotOurs(f"a database {spec.name!r} exists, and this rack did not make it", fix=fix)
    if marked is not None and marked.note and marked.note.stamp.rack != stamp.rack:
        raise NotOurs(
            f"the database {spec.name!r} belongs to the rack {marked.note.stamp.rack!r}", fix=fix
        )


def _comment(role: str, note: Note) -> sql.Composed:
    return SQL("COMMENT ON ROLE {} IS {}").format(Identifier(role), Literal(note.to_json()))


def _closed(database: str) -> sql.Composed:
    revoke = SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC")
    return revoke.format(Identifier(database))
