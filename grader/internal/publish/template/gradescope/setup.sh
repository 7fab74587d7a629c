#!/usr/bin/env bash
# Gradescope runs this once, as root, when the autograder's image is built.
set -euo pipefail
apt-get update
apt-get install -y --no-install-recommends ca-certificates curl gcc libc6-dev
case "$(uname -m)" in
x86_64) arch=amd64 ;;
aarch64) arch=arm64 ;;
*) echo "no Go for $(uname -m)" >&2; exit 1 ;;
esac
curl -fsSL "https://go.dev/dl/go@GO@.linux-$arch.tar.gz" | tar -C /usr/local -xz
cd /autograder/source/course
# Without C, as programs of the course are built: what both import is compiled once.
CGO_ENABLED=0 /usr/local/go/bin/go build -o /usr/local/bin/lockstep ./grader
# Fill the build cache now, so that the first student does not wait for it.
CGO_ENABLED=0 /usr/local/go/bin/go build ./mp/...
# Gradescope gives a container no rights to ask for: programs are confined by tier C,
# or by D where its kernel has no Landlock. What is so while the image is built stands
# in its log.
PATH=$PATH:/usr/local/go/bin lockstep doctor --course . --require-tier D ||
	echo "Not everything can be graded as this image is built; what is so for submissions, their results tell." >&2
