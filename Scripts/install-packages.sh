#!/bin/sh
# Installs the Debian packages that dfprep is built from and tested with, or those named; does nothing, quickly, when all
# are there.
set -eu
packages="pkg-config ffmpeg libavformat-dev libavcodec-dev libavfilter-dev libavutil-dev libswscale-dev
  libopencv-core-dev libopencv-imgproc-dev libopencv-dnn-dev libopencv-objdetect-dev opencv-data
  libtorch-dev libdnnl-dev libopenblas-dev libjpeg-dev libpng-dev libsqlite3-dev zlib1g-dev node-d3 librsvg2-bin python3-pip"
[ $# = 0 ] || packages="$*"
missing=""
for package in $packages; do
  # `ii` alone is no proof: a package may be held, or half removed.
  case "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" in
    installed) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0
echo "installing Debian packages:$missing" >&2
sudo=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "error: missing:$missing; run as root: apt-get install$missing" >&2; exit 69; }
  sudo=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq || echo "warning: apt-get update failed; trying with the package lists at hand" >&2
# shellcheck disable=SC2086 # a list of packages
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
  echo "error: could not install:$missing. Is there a network, and is this Debian 12?" >&2
  exit 69
}
