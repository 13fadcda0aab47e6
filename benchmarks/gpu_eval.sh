#!/usr/bin/env bash
# Items per second of `sarbench eval` beside bare `generate` loops: on the NVIDIA GPU of this machine with a mid-sized
# bf16 model, or, where there is none, on the CPU with a tiny one and then with a small one, or with that of --size
# alone. Needs no network. Further arguments go to harness_overhead.py, e.g. --items 512 --batch_size 32 --work /scratch.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python}
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"
export HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 TRANSFORMERS_OFFLINE=1

if ! command -v nvidia-smi >/dev/null || ! nvidia-smi --list-gpus 2>/dev/null | grep -q .; then
    missing="this machine shows no NVIDIA GPU"
elif ! "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; then
    missing="there is an NVIDIA GPU, but this torch cannot use it"
fi

if [[ -z ${missing:-} ]]; then
    nvidia-smi --list-gpus
    exec "$python" benchmarks/harness_overhead.py \
        --device cuda --size mid --dtype bfloat16 --items 512 --batch_size 16 --new_tokens 32 --turns 3 "$@"
fi
echo "No GPU run: $missing. The ratios on the CPU with a tiny and a small model stand in its place."
export OMP_NUM_THREADS=1  # threads that wait for each other measure what else runs on the machine
sizes=("--size tiny" "--size small --invariance 32")
[[ " $* " == *" --size"* ]] && sizes=("")
for size in "${sizes[@]}"; do
    # shellcheck disable=SC2086  # words of the option
    "$python" benchmarks/harness_overhead.py --items 128 --batch_size 8 --new_tokens 32 --turns 3 $size "$@"
done
