"""An image that answers as Ollama does: busybox and two scripts, built from scratch by the test.

No model runs in it: a pulled one is a file of its name below /root/.ollama. It is the second fake
of Ollama; the first, `server`, can be cut off and asked what it heard.
"""

from __future__ import annotations

from integration.docker.images import Tiny

_SERVE = """\
#!/bin/sh
[ "$1" = serve ] || exit 64
trap 'exit 0' TERM
mkdir -p /root/.ollama
echo "answers on 11434"
nc -ll -p 11434 -e /bin/answer &
wait
"""
_ANSWER = """\
#!/bin/sh
cr=$(printf '\\r')
read -r method path _
length=0
while read -r line; do
    line=${line%"$cr"}
    [ -n "$line" ] || break
    case $line in
    [Cc]ontent-[Ll]ength:*) length=${line#*: } ;;
    esac
done
model=$(head -c "$length" | sed 's/.*"model": *"\\([^"]*\\)".*/\\1/')
case "$method $path" in
"GET /api/tags")
    found=
    for file in /root/.ollama/*; do
        [ -e "$file" ] || continue
        name=${file##*/}
        found="$found${found:+,}{\\"name\\":\\"$name\\",\\"digest\\":\\"d-$name\\"}"
    done
    said="{\\"models\\":[$found]}"
    ;;
"POST /api/pull")
    touch "/root/.ollama/$model"
    said='{"status":"success"}'
    ;;
"DELETE /api/delete")
    rm -f "/root/.ollama/$model"
    said=
    ;;
esac
head='HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n'
printf "${head}Content-Length: %d\\r\\n\\r\\n%s" "${#said}" "$said"
"""


def ollama(release: str) -> Tiny:
    """The image; another release is another one."""
    return Tiny(release, scripts=(("bin/ollama", _SERVE), ("bin/answer", _ANSWER)))
