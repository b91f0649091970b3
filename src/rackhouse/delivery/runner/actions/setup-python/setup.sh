# Finds Pythons with uv and makes a virtual environment of each; the last one is `python`.
# Only what is on this machine, or what uv can fetch where there is Internet.
set -eu

if [ -z "$VERSIONS" ] && [ -n "$VERSION_FILE" ]; then
    case $VERSION_FILE in
    *.toml) VERSIONS=$(sed -n 's/^requires-python *= *"\(.*\)".*/\1/p' "$VERSION_FILE" | head -n 1) ;;
    *) VERSIONS=$(grep -v '^#' "$VERSION_FILE" | head -n 1) ;;
    esac
fi
if [ -z "$VERSIONS" ] && [ -f .python-version ]; then
    VERSIONS=$(head -n 1 .python-version)
fi
[ -n "$VERSIONS" ] || VERSIONS=3

find_python() {
    "$RACKHOUSE_UV" python find --no-project --system --no-python-downloads "$1" 2>/dev/null
}

there_are() {
    "$RACKHOUSE_UV" python list --only-installed --no-python-downloads 2>/dev/null |
        sed -n 's/^cpython-\([0-9.a-z]*\).*/\1/p' | sort -uV | tr '\n' ' '
}

add_pip() { # from the wheel that the interpreter brings; else from the cache or the index
    wheel=$("$2" -c 'import ensurepip, pathlib
print(*pathlib.Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))' 2>/dev/null || true)
    "$RACKHOUSE_UV" pip install --quiet --offline --python "$1/bin/python" "${wheel:-pip}" 2>/dev/null ||
        "$RACKHOUSE_UV" pip install --quiet --python "$1/bin/python" pip 2>/dev/null || {
        printf '#!/bin/sh\n[ "$1" = --version ] && exec "%s" --version\nexec "%s" pip "$@"\n' \
            "$RACKHOUSE_UV" "$RACKHOUSE_UV" >"$1/bin/pip"
        chmod +x "$1/bin/pip"
        echo "pip itself cannot be had here: \`pip\` is uv's for this job, \`python -m pip\` is not there"
    }
}

set -f # a version like >=3.10 or 3.* is no file name
IFS='
'
for version in $VERSIONS; do
    version=$(printf %s "$version" | tr -d ' ')
    version=${version%.x}
    python=$(find_python "$version") || {
        "$RACKHOUSE_UV" python install --quiet "$version" >/dev/null 2>&1 || true
        python=$(find_python "$version") || {
            echo "::error::Python $version is not on this machine; there are: $(there_are)"
            echo "To have it, once: uv python install $version"
            exit 1
        }
    }
    home="$RUNNER_TEMP/python-$version"
    "$RACKHOUSE_UV" venv --quiet --allow-existing --no-project --python "$python" "$home"
    add_pip "$home" "$python"
    echo "$home/bin" >>"$GITHUB_PATH"
done

full=$("$home/bin/python" -c 'import platform; print(platform.python_version())')
echo "Python $full from $python"
{
    echo "python-version=$full"
    echo "python-path=$home/bin/python"
} >>"$GITHUB_OUTPUT"
{
    echo "pythonLocation=$home"
    echo "Python_ROOT_DIR=$home"
    echo "Python3_ROOT_DIR=$home"
    echo "VIRTUAL_ENV=$home"
} >>"$GITHUB_ENV"
