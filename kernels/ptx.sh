#!/usr/bin/env bash
# Compiles src/main/cuda/*.cu to the PTX that is committed, by any nvcc from CUDA 13 on (or the one named by NVCC).
# The version is lowered, so that the drivers of CUDA 12 read it too; PtxTest shows that their compiler takes it.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")"
nvcc=${NVCC:-nvcc}
out=src/main/resources/dev/ijen/kernels/ptx
rm -rf "$out"
mkdir -p "$out"
for arch in 75 80; do
    for source in src/main/cuda/*.cu; do
        to=$out/$(basename "$source" .cu).$arch.ptx
        if [[ $arch = 75 && $source = */mma.cu ]]; then # older GPUs lack its instructions
            continue
        fi
        # Functions that no kernel of the same file calls are only kept in relocatable code.
        "$nvcc" -ptx -arch=compute_$arch -std=c++17 -O3 $([[ $source = */functions.cu ]] && echo -rdc=true) -Isrc/main/cuda -o "$to" "$source"
        # nvcc names what is local to a file by a hash of where the file lies; the same text must come out everywhere
        sed -i -E -e 's/_INTERNAL_[0-9a-f]{8}_/_INTERNAL_00000000_/g' -e 's/^\.version .*/.version 7.0/' -e '/^\/\/ /d' -e '/^\/\/$/d' -e '/^$/d' "$to"
    done
done
# A family has a text for compute capability 8.0 only where that makes a difference.
for new in "$out"/*.80.ptx; do
    if [[ -f ${new/.80./.75.} ]] && cmp -s <(sed 's/^\.target .*//' "${new/.80./.75.}") <(sed 's/^\.target .*//' "$new"); then
        rm "$new"
    fi
done
# What PtxTest compares: the sources and this script, then the PTX.
{
    (cd src/main/cuda && sha256sum *.cu*)
    sha256sum ptx.sh
    (cd "$out" && sha256sum *.ptx)
} > "$out/SHA256"
