"""What a right application file means."""

from __future__ import annotations

from datetime import date

import pytest

from rackhouse.app.model import (
    App,
    HttpCheck,
    Kind,
    Mount,
    Need,
    Placeholder,
    ResourceType,
    ServicePort,
    Template,
)
from rackhouse.app.score import parse
from rackhouse.app.types import OFFERS
from rackhouse.kit.errors import FileError


def _parse(*lines: str, notes: dict[str, str] | None = None, container: str = "image: .") -> App:
    said = "".join(f'\n    rackhouse.dev/{key}: "{value}"' for key, value in (notes or {}).items())
    head = "apiVersion: score.dev/v1b1\nmetadata:\n  name: shop\n  team: red\n"
    head += f"  annotations:\n    team: blue{said}\n"
    return parse(f"{head}containers:\n  web: {{{container}}}\n" + "\n".join(lines))


def _variable(text: str, *lines: str) -> Template:
    app = _parse(*lines, container=f"image: ., variables: {{A: '{text}'}}")
    return app.containers[0].variables[0][1]


def test_the_smallest() -> None:
    app = _parse()
    assert (app.name, app.kind) == ("shop", Kind.WORKER)
    assert app.annotations == (("team", "blue"),)


@pytest.mark.parametrize(
    ("lines", "notes", "kind"),
    [
        ([], {}, Kind.WORKER),
        (["service: {ports: {web: {port: 80}}}"], {}, Kind.WEB),
        ([], {"schedule": "*/5 * * * *"}, Kind.SCHEDULE),
        ([], {"folder": "public"}, Kind.STATIC),
        ([], {"kind": "static"}, Kind.STATIC),
        (["resources: {web: {type: route}}"], {"folder": "."}, Kind.STATIC),
        (["service: {ports: {web: {port: 80}}}"], {"kind": "worker"}, Kind.WORKER),
    ],
)
def test_the_kind_is_what_the_file_means(lines: list[str], notes: dict, kind: Kind) -> None:
    assert _parse(*lines, notes=notes).kind is kind


def test_annotations_of_ours_are_fields_and_others_are_kept() -> None:
    app = _parse(
        notes={
            "schedule": "0 3 * * mon",
            "timezone": "UTC",
            "expires": "2027-01-31",
            "access": "signed-in",
            "exposure": "lan",
            "public": "true",
            "before": "python -m 'my module'",
            "build": "npm run build",
            "drain": "1500ms",
            "package": "datasette[rich]==0.65.5",
            "preview-lifetime": "7d",
        }
    )
    assert (app.schedule, app.expires) == ("0 3 * * mon", date(2027, 1, 31))
    assert (app.access, app.exposure, app.public) == ("signed-in", "lan", True)
    assert app.before == ("python", "-m", "my module")
    assert (app.build, app.drain) == (("npm", "run", "build"), 1.5)
    assert app.package == "datasette[rich]==0.65.5"
    assert app.annotations == (("rackhouse.dev/preview-lifetime", "7d"), ("team", "blue"))


def test_metadata_is_filled_in_and_outputs_stay() -> None:
    text = (
        "${metadata.name} of ${metadata.annotations.team}, ${metadata.team}: ${resources.db.host}"
    )
    assert _variable(text, "resources: {db: {type: postgres}}") == Template(
        ("shop of blue, red: ", Placeholder(("resources", "db", "host")))
    )


def test_a_dollar_is_written_twice() -> None:
    assert _variable("$$5 and $${HOME} and $x") == Template(("$5 and ${HOME} and $x",))


@pytest.mark.parametrize("type_", [t for t in ResourceType if t is not ResourceType.ROUTE])
def test_every_output_of_a_type_can_be_named(type_: ResourceType) -> None:
    outputs = OFFERS[type_].outputs
    text = " ".join(f"${{resources.it.{output}}}" for output in outputs)
    parts = _variable(text, f"resources: {{it: {{type: {type_}}}}}").parts
    assert [p.keys[2] for p in parts if isinstance(p, Placeholder)] == list(outputs)


@pytest.mark.parametrize("type_", ResourceType)
def test_an_alias_means_an_output(type_: ResourceType) -> None:
    offer = OFFERS[type_]
    assert set(offer.aliases.values()) <= set(offer.outputs)
    assert not offer.aliases.keys() & set(offer.outputs)


def test_other_words_for_an_output_come_out_as_ours() -> None:
    parts = _variable("${resources.it.access_key_id}", "resources: {it: {type: s3}}").parts
    assert parts == (Placeholder(("resources", "it", "access_key")),)


def test_service_ports_can_be_named() -> None:
    app = _parse(
        "service: {ports: {web: {port: 80, targetPort: 8080}, admin: {port: 81}}}",
        container='image: ., args: ["${service.ports.admin}"]',
    )
    assert app.ports == (
        ServicePort(name="web", port=80, target=8080),
        ServicePort(name="admin", port=81, target=81),
    )
    assert app.containers[0].args == (Template((Placeholder(("service", "ports", "admin")),)),)


@pytest.mark.parametrize("said", ["80", "8080", "web", "'80'"])
def test_a_route_says_its_port_by_any_name_of_it(said: str) -> None:
    app = _parse(
        "service: {ports: {web: {port: 80, targetPort: 8080}, admin: {port: 81}}}",
        f"resources: {{web: {{type: route, params: {{port: {said}}}}}}}",
    )
    assert app.needs[0].params == (("path", "/"), ("port", 80))


def test_a_route_without_a_port_means_the_only_one() -> None:
    app = _parse(
        "service: {ports: {web: {port: 80}}}",
        "resources:",
        "  dns: {type: dns}",
        "  web: {type: route, params: {host: '${resources.dns.host}', path: /api}}",
    )
    host = Template((Placeholder(("resources", "dns", "host")),))
    assert app.needs[1] == Need(
        name="web",
        type=ResourceType.ROUTE,
        params=(("host", host), ("path", "/api"), ("port", 80)),
        line=12,
    )


def test_params_are_what_we_read_and_others_may_stay() -> None:
    app = _parse(
        "resources:",
        "  one: {type: postgres, id: a.db, class: big, params: {extensions: [pg_trgm, citext]}}",
        "  two: {type: vector, params: {extensions: 'unaccent, hstore', storage: 5Gi, tags: [x]}}",
        "  six: {type: volume, params: {shared: true}, metadata: {annotations: {team: red}}}",
    )
    assert [need.params for need in app.needs] == [
        (("extensions", "pg_trgm,citext"),),
        (("extensions", "unaccent,hstore"),),
        (("shared", True),),
    ]
    assert app.needs[0].id == "a.db"


def test_files_in_both_forms() -> None:
    in_map = "files: {/a: {content: 'x ${metadata.name}', mode: '0755'}, /b: {source: b.txt}}"
    in_list = "files: [{target: /a, content: 'x ${metadata.name}', mode: '0755'}, "
    in_list += "{target: /b, source: ./b.txt}]"
    for files in (in_map, in_list):
        assert _parse(container=f"image: ., {files}").containers[0].mounts == (
            Mount(target="/a", content=Template(("x shop",)), mode=0o755),
            Mount(target="/b", source="b.txt"),
        )


def test_files_that_are_not_expanded() -> None:
    files = "files: {/a: {content: '${x}', noExpand: true}, /b: {binaryContent: JHt4fQ==}}"
    mounts = _parse(container=f"image: ., {files}").containers[0].mounts
    assert [mount.content for mount in mounts] == [Template(("${x}",)), Template(("${x}",))]


def test_a_source_is_read_and_expanded_unless_it_is_no_text() -> None:
    text = "apiVersion: score.dev/v1b1\nmetadata: {name: shop}\ncontainers:\n  web:\n    image: .\n"
    text += "    files:\n      /a: {source: a}\n      /b: {source: b}\n"
    text += "      /c: {source: c, noExpand: true}\n"
    found = {"a": "hello ${metadata.name}", "b": None, "c": "${x}"}
    assert parse(text, read=lambda path: found[path]).containers[0].mounts == (
        Mount(target="/a", content=Template(("hello shop",))),
        Mount(target="/b", source="b"),
        Mount(target="/c", source="c"),
    )


def test_problems_inside_a_source_are_said_where_it_is_named() -> None:
    text = "apiVersion: score.dev/v1b1\nmetadata: {name: shop}\ncontainers:\n  web:\n    image: .\n"
    text += "    files:\n      /a: {source: a}\n      /b: {source: b}\n"

    def read(path: str) -> str:
        if path == "b":
            raise FileNotFoundError(2, "No such file or directory", path)
        return "${oops}"

    with pytest.raises(FileError) as caught:
        parse(text, read=read)
    assert [(p.line, p.rule) for p in caught.value.problems] == [
        (7, "placeholder"),
        (8, "file-source"),
    ]


@pytest.mark.parametrize("source", ["${resources.data}", "${resources.data.source}", "data"])
@pytest.mark.parametrize("form", ["{{/d: {{{}}}}}", "[{{target: /d, {}}}]"])
def test_volumes_in_every_form(source: str, form: str) -> None:
    volumes = form.format(f"source: '{source}', path: /sub, readOnly: true")
    app = _parse("resources: {data: {type: volume}}", container=f"image: ., volumes: {volumes}")
    assert app.containers[0].mounts == (
        Mount(target="/d", volume="data", path="sub", read_only=True),
    )


def test_readiness_decides_before_liveness_and_a_command_before_a_request() -> None:
    http = (
        "httpGet: {path: healthz, port: 8080, host: shop.test, httpHeaders: [{name: A, value: b}]}"
    )
    check = HttpCheck(path="/healthz", port=8080, headers=(("Host", "shop.test"), ("A", "b")))
    assert _parse(container=f"image: ., livenessProbe: {{{http}}}").containers[0].check == check
    both = f"readinessProbe: {{{http}}}, livenessProbe: {{exec: {{command: [ok]}}}}"
    assert _parse(container=f"image: ., {both}").containers[0].check == check
    one = f"readinessProbe: {{{http}, exec: {{command: [ok]}}}}"
    assert _parse(container=f"image: ., {one}").containers[0].check == (Template(("ok",)),)


def test_limits_and_order() -> None:
    app = parse(
        "apiVersion: score.dev/v1b1\nmetadata: {name: shop}\ncontainers:\n"
        "  web: {image: ., before: {init: {ready: complete}}, "
        'resources: {limits: {memory: 1.5Gi, cpu: "1.5"}, requests: {memory: 1Gi, cpu: 250m}}}\n'
        "  init: {image: .}\n"
    )
    web = app.containers[0]
    assert (web.memory_max, web.memory, web.cpu_max, web.cpu) == (3 * 2**29, 2**30, 1500, 250)
    assert app.containers[0].after == (("init", "complete"),)


def test_a_file_with_windows_line_ends_and_a_mark_is_read() -> None:
    text = (
        "apiVersion: score.dev/v1b1\r\nmetadata: {name: shop}\r\ncontainers: {web: {image: .}}\r\n"
    )
    assert parse(text).name == "shop"
