# Puts uv on PATH by a link, so that no other program of its folder comes with it.
set -eu

bin="$RUNNER_TEMP/uv"
mkdir -p "$bin"
for name in uv uvx; do
    ln -sf "$(dirname "$RACKHOUSE_UV")/$name" "$bin/$name"
done
{
    echo "$bin"
    echo "$HOME/.local/bin"
} >>"$GITHUB_PATH"
version=$("$bin/uv" --version | cut -d' ' -f2)
echo "uv $version"
{
    echo "uv-version=$version"
    echo "uv-path=$bin/uv"
} >>"$GITHUB_OUTPUT"
if [ -n "$PYTHON" ]; then
    echo "UV_PYTHON=$PYTHON" >>"$GITHUB_ENV"
fi
if [ "$ACTIVATE" = true ]; then
    "$bin/uv" venv --quiet --allow-existing ${PYTHON:+--python "$PYTHON"} .venv
    echo "VIRTUAL_ENV=$PWD/.venv" >>"$GITHUB_ENV"
    echo "$PWD/.venv/bin" >>"$GITHUB_PATH"
fi
